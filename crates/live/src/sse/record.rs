//! What a stream consists of: records of fields, each closed by an empty line, and comments.

use std::fmt::Write as _;

use serde::Serialize;
use showrunner_domain::event::Seq;

use crate::hub::LiveEvent;

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

/// Appends an event. Its envelope is one line: the log's JSON has no line breaks.
pub(super) fn write_event(out: &mut String, event: &LiveEvent) {
    let (seq, name, envelope) = (event.event.seq, &event.event.name, event.envelope_after_brace());
    // Writing to a string cannot fail, here and below.
    let _ = write!(out, "id: {seq}\nevent: {name}\ndata: {{{envelope}\n\n");
}

pub(super) fn write_resync(out: &mut String, head: Seq, reason: &str) {
    let _ = write!(out, "id: {head}\nevent: resync\ndata: {}\n\n", json(&Resync { head, reason }));
}

pub(super) fn write_error(out: &mut String, code: &str, message: &str) {
    let _ = write!(out, "event: error\ndata: {}\n\n", json(&Failure { code, message }));
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| unreachable!("records are plain data: {error}"))
}
