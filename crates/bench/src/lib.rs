//! How fast a Showrunner server is, measured from outside: by HTTP and WebSocket over loopback, with a token, as its
//! clients meet it.
//!
//! The server is the same program in a process of its own, started here with default settings. This crate knows its
//! commands and its protocol and none of its insides, but for jobs: their engine is measured in this process too, as other
//! queues are that live in their workers' processes. Server and client share the machine, so the client is light: one
//! thread, requests that are copied together, answers of which little more than status and length is read. What it
//! costs all the same stands in the report, beside what the server costs.
//!
//! An answer that is not the expected one, an event that is missing, doubled or out of order ends the benchmark with an
//! error: a figure always counts work that was done.

mod catch_up;
mod error;
mod fan_out;
mod fill;
mod http;
mod idle;
mod jobs;
mod live;
mod load;
mod machine;
mod median;
mod plan;
mod process;
mod report;
mod run;
mod server;
mod start;

pub use error::BenchError;
pub use http::Kind;
pub use jobs::Engine;
pub use machine::Machine;
pub use plan::{Plan, UnknownWork, Work};
pub use report::{Build, Delivery, IdleConnections, Pace, Report, Requested, Starts, Store, Way, Worked};

pub use run::run;
