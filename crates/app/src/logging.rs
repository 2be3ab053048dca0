//! Structured logs on standard error: readable lines on a terminal, JSON elsewhere.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Starts logging what `filter` lets through.
pub(crate) fn start(filter: EnvFilter) {
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr);
    if io::stderr().is_terminal() {
        lines.init();
    } else {
        lines.json().flatten_event(true).with_ansi(false).init();
    }
}
