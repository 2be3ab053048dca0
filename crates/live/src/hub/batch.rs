//! Events as connections take them: what goes out, made once for all connections, and what decides who gets it.

use std::ops::Range;
use std::sync::Arc;

use actix_http::ws::{OpCode, Parser};
use actix_web::web::{Bytes, BytesMut};
use showrunner_domain::event::LoggedEvent;

/// What a WebSocket's text has before the members of the envelope.
const HEAD: &str = r#"{"type":"event","#;

/// How many bytes a frame has at most beside the event's data, roughly.
const ENVELOPE: usize = 256;
/// Below which part of a batch's bytes a run is copied: a slice would hold all of them for as long as it waits.
const SMALL_PART: usize = 8;

/// Neighbouring events and the frames that tell of them, one after the other: what a connection gets of them in one go
/// is one piece of shared memory. Clones share it too.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batch {
    content: Arc<Content>,
    /// The frames of `content`, which every slice of them keeps alive.
    frames: Bytes,
}

/// What all clones of a batch share.
#[derive(Debug, Default)]
pub(crate) struct Content {
    events: Vec<LiveEvent>,
    /// WebSocket text frames (RFC 6455 section 5.2) of `{"type":"event",…}`. A server's frames are not masked, so that
    /// they are the same for everybody.
    frames: Bytes,
}

/// Has the bytes of a content stand for it.
struct Frames(Arc<Content>);

impl AsRef<[u8]> for Frames {
    fn as_ref(&self) -> &[u8] {
        &self.0.frames
    }
}

/// An event of a batch.
#[derive(Debug)]
pub(crate) struct LiveEvent {
    /// The event without its `data`, which only the frame still needs.
    pub(crate) event: LoggedEvent,
    /// Where its frame lies.
    frame: Range<usize>,
    /// How long the frame's text is.
    text: usize,
}

impl Batch {
    /// The events, in order.
    pub(crate) fn events(&self) -> &[LiveEvent] {
        &self.content.events
    }

    /// The places in the batch of the events that are `wanted`, as runs of neighbours.
    pub(crate) fn runs(&self, wanted: impl Fn(&LoggedEvent) -> bool) -> Vec<Range<usize>> {
        let mut runs: Vec<Range<usize>> = Vec::new();
        for (place, _) in self.events().iter().enumerate().filter(|(_, live)| wanted(&live.event)) {
            match runs.last_mut() {
                Some(run) if run.end == place => run.end += 1,
                _ => runs.push(place..place + 1),
            }
        }
        runs
    }

    /// The frames of a run of events.
    pub(crate) fn frames(&self, run: Range<usize>) -> Bytes {
        match self.events().get(run).and_then(|events| events.first().zip(events.last())) {
            Some((first, last)) => self.part(first.frame.start..last.frame.end),
            None => Bytes::new(),
        }
    }

    /// The envelope of an event of this batch, but for its first brace: its frame's end.
    pub(crate) fn envelope_after_brace(&self, live: &LiveEvent) -> Bytes {
        self.part(live.frame.end - live.text + HEAD.len()..live.frame.end)
    }

    /// How much memory this holds, roughly, in bytes.
    pub(crate) fn weight(&self) -> usize {
        size_of_val(self.events()) + self.frames.len()
    }

    fn part(&self, range: Range<usize>) -> Bytes {
        if range.len() < self.frames.len() / SMALL_PART {
            Bytes::copy_from_slice(&self.frames[range])
        } else {
            self.frames.slice(range)
        }
    }
}

impl From<Arc<Content>> for Batch {
    fn from(content: Arc<Content>) -> Self {
        Self { frames: Bytes::from_owner(Frames(Arc::clone(&content))), content }
    }
}

impl FromIterator<LoggedEvent> for Batch {
    fn from_iter<I: IntoIterator<Item = LoggedEvent>>(events: I) -> Self {
        Arc::new(events.into_iter().collect::<Content>()).into()
    }
}

impl FromIterator<LoggedEvent> for Content {
    fn from_iter<I: IntoIterator<Item = LoggedEvent>>(events: I) -> Self {
        let events: Vec<LoggedEvent> = events.into_iter().collect();
        let size = events.iter().map(|event| event.data.len() + ENVELOPE).sum();
        let mut frames = BytesMut::with_capacity(size);
        let events = events.into_iter().map(|mut event| {
            let mut text = String::with_capacity(event.data.len() + ENVELOPE);
            text.push_str(HEAD);
            event.write_members(&mut text);
            text.push('}');
            event.data = String::new();
            let (start, length) = (frames.len(), text.len());
            Parser::write_message(&mut frames, text, OpCode::Text, true, false);
            LiveEvent { event, frame: start..frames.len(), text: length }
        });
        let events = events.collect();
        Self { events, frames: frames.freeze() }
    }
}

#[cfg(test)]
mod tests {
    use showrunner_domain::event::{EventKind, Seq, sample};

    use super::*;

    fn batch(count: i64, data: &str) -> Batch {
        let event = |place| {
            let event = sample(EventKind::EpisodeDeleted, Seq::new(place).unwrap());
            LoggedEvent { data: data.to_owned(), ..event }
        };
        (1..=count).map(event).collect()
    }

    #[test]
    fn what_is_wanted_comes_in_runs_of_neighbours() {
        let batch = batch(6, "{}");
        let wanted = [1, 3, 4, 6];
        assert_eq!(batch.runs(|event| wanted.contains(&event.seq.get())), [0..1, 2..4, 5..6]);
        assert!(batch.runs(|_| false).is_empty());
        assert!(Batch::default().runs(|_| true).is_empty());
    }

    #[test]
    fn a_run_is_its_frames_one_after_the_other_whatever_their_length() {
        for data in ["{}", &format!("\"{}\"", "x".repeat(300)), &format!("\"{}\"", "x".repeat(70_000))] {
            let batch = batch(3, data);
            let each: Vec<u8> = (0..3).flat_map(|place| batch.frames(place..place + 1).to_vec()).collect();
            assert_eq!(batch.frames(0..3), each);
            for live in batch.events() {
                let mut envelope = b"{".to_vec();
                envelope.extend_from_slice(&batch.envelope_after_brace(live));
                let envelope: serde_json::Value = serde_json::from_slice(&envelope).unwrap();
                assert_eq!(envelope["seq"], live.event.seq.get());
                assert_eq!(envelope["data"].to_string(), data);
            }
        }
    }
}
