//! Tables of episodes as comma-separated values (RFC 4180): one port of the outside world to the domain's
//! [`Sheet`](showrunner_domain::import::Sheet), and the way back.
//!
//! This crate knows bytes, quotes and lines; what a table of episodes must look like is the domain's to say.

mod bounds;
mod lines;
mod read;
mod table;

pub use read::read;
pub use table::Csv;
