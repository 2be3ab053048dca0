//! Server-sent events (WHATWG HTML, section "Server-sent events"): the log as one endless answer.

mod feed;
mod open;
mod outlet;
mod record;

pub use open::{stream, stream_with};
