//! The ports of Showrunner on two stores: SQLite for one machine, Postgres for many nodes.
//!
//! Queries and port implementations are written once, in `queries/`, and compiled twice, inside `sqlite/` and
//! `postgres/`, each time against that store's concrete connection type. What really differs stays in those two
//! folders: how to connect, how a write transaction is run, how events get their numbers, how a process learns of
//! another's commits.

mod bell;
mod cached;
mod current_show;
mod failure;
mod head;
mod location;
pub mod migrations;
mod open;
mod pool;
mod rows;
mod scans;
mod schema;
mod types;

mod postgres;
mod sqlite;

pub use location::{Location, LocationError};
pub use open::{Ports, StoreClock, StoreProbe, open, open_existing};
