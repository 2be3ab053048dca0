//! What a stream consists of: records of fields, each closed by an empty line, and comments.

use std::io::Write as _;

use serde::Serialize;
use showrunner_domain::event::{LoggedEvent, ResumePoint, Seq};

/// Keeps proxies from giving up a silent connection, and tells this server whether the client is still there.
pub(super) const COMMENT: &str = ": keep-alive\n\n";

/// Something was missed for good: load the records anew; events after `head` follow.
#[derive(Serialize)]
struct Resync<'a> {
    head: Seq,
    reason: &'a str,
}

/// Why the stream ends.
#[derive(Serialize)]
struct Failure<'a> {
    code: &'a str,
    message: &'a str,
}

/// Ends an event: an empty line.
pub(super) const END: &str = "\n\n";

/// Appends an event up to the first brace of its envelope, which is one line: the log's JSON has no line breaks. Its
/// identifier names the event, so that a client that comes back is told where the log has another one in that place.
pub(super) fn write_beginning(out: &mut Vec<u8>, event: &LoggedEvent) {
    let seen = ResumePoint { since: event.seq, since_id: Some(event.id) };
    // Writing to memory cannot fail, here and below.
    let _ = write!(out, "id: {seen}\nevent: {}\ndata: {{", event.name);
}

pub(super) fn write_resync(out: &mut Vec<u8>, head: Seq, reason: &str) {
    let _ = write!(out, "id: {head}\nevent: resync\ndata: {}\n\n", json(&Resync { head, reason }));
}

pub(super) fn write_error(out: &mut Vec<u8>, code: &str, message: &str) {
    let _ = write!(out, "event: error\ndata: {}\n\n", json(&Failure { code, message }));
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("records are plain data: {error}"))
}
