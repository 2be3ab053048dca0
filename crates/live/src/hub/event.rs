//! An event as connections take it: the frame that goes out, and what decides who gets it.

use bytestring::ByteString;
use showrunner_domain::event::LoggedEvent;

/// An event and its frame, made once for all connections.
#[derive(Debug)]
pub(crate) struct LiveEvent {
    /// The event without its `data`, which only the frame still needs.
    pub(crate) event: LoggedEvent,
    /// The text that goes out.
    pub(crate) frame: ByteString,
}

impl LiveEvent {
    /// How much memory this holds, roughly, in bytes.
    pub(crate) fn weight(&self) -> usize {
        size_of::<Self>() + self.frame.len()
    }
}

impl From<LoggedEvent> for LiveEvent {
    fn from(mut event: LoggedEvent) -> Self {
        let frame = event_frame(&event);
        event.data = String::new();
        Self { event, frame }
    }
}

/// The frame `{"type":"event",…}` of an event.
pub(crate) fn event_frame(event: &LoggedEvent) -> ByteString {
    const HEAD: &str = r#"{"type":"event","#;
    let mut frame = String::with_capacity(HEAD.len() + event.data.len() + 160);
    frame.push_str(HEAD);
    event.write_members(&mut frame);
    frame.push('}');
    frame.into()
}
