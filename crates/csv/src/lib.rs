//! Tables of episodes from comma-separated values (RFC 4180): one port of the outside world to the domain's
//! [`Sheet`](showrunner_domain::import::Sheet).
//!
//! This crate knows bytes, quotes and lines; what a table of episodes must look like is the domain's to say.

mod lines;
mod read;

pub use read::read;
