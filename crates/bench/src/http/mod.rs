//! HTTP/1.1 as far as benchmarks need it.

mod connection;
mod requests;

pub(crate) use connection::Connection;
pub use requests::Kind;
pub(crate) use requests::Requests;
