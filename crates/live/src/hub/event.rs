//! An event as connections take it: the frame that goes out, and what decides who gets it.

use bytestring::ByteString;
use showrunner_domain::event::LoggedEvent;

/// What a WebSocket's frame has before the members of the envelope.
const HEAD: &str = r#"{"type":"event","#;

/// An event and its frame, made once for all connections.
#[derive(Debug)]
pub(crate) struct LiveEvent {
    /// The event without its `data`, which only the frame still needs.
    pub(crate) event: LoggedEvent,
    /// The text that goes out through a WebSocket: `{"type":"event",…}`.
    pub(crate) frame: ByteString,
}

impl LiveEvent {
    /// The event's envelope, but for its first brace: the frame's end.
    pub(crate) fn envelope_after_brace(&self) -> &str {
        &self.frame[HEAD.len()..]
    }

    /// How much memory this holds, roughly, in bytes.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.frame.len()
    }
}

impl From<LoggedEvent> for LiveEvent {
    fn from(mut event: LoggedEvent) -> Self {
        let mut frame = String::with_capacity(HEAD.len() + event.data.len() + 160);
        frame.push_str(HEAD);
        event.write_members(&mut frame);
        frame.push('}');
        event.data = String::new();
        Self { event, frame: frame.into() }
    }
}
