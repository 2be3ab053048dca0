//! Live delivery as clients see it: a real server on the loopback, and a log in memory that can misbehave.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on may panic")]

mod authentication;
mod client;
mod event_stream;
mod hub;
mod log;
mod permissions;
mod presence;
mod progress;
mod protocol;
mod resume;
mod revocation;
mod server;
mod slow_reader;
mod sse;
mod topics;
mod viewers;
