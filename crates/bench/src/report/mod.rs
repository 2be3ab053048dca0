//! What was found: for programs as JSON, for people as a table.

mod delivery;
mod memory;
mod requested;
mod table;
mod worked;

use serde::Serialize;

use crate::{Machine, Plan};

pub use delivery::{Delivery, Pace};
pub use memory::{IdleConnections, Starts};
pub use requested::Requested;
pub use worked::{Way, Worked};

/// Everything that a benchmark has found. It is shown as a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The release that was measured.
    pub version: &'static str,
    /// How it was compiled.
    pub build: Build,
    /// Where the server kept its data.
    pub store: Store,
    /// The machine that server and client shared.
    pub machine: Machine,
    /// How often each figure was taken; that of the median run is told.
    pub runs: usize,
    /// How long each run took.
    pub run_seconds: f64,
    /// How many episodes there were before anything was measured.
    pub episodes: usize,
    /// Requests.
    pub requests: Vec<Requested>,
    /// New episodes as they reached WebSocket clients.
    pub fan_out: Vec<Delivery>,
    /// Jobs that had nothing to do.
    pub jobs: Vec<Worked>,
    /// Live connections that nothing happened on.
    pub idle_connections: Option<IdleConnections>,
    /// New processes.
    pub start: Option<Starts>,
}

/// How a program was compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Build {
    /// For use.
    Release,
    /// For development: its figures say nothing of a server in use.
    Debug,
}

/// Where a server keeps its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// In a file.
    Sqlite,
    /// In a Postgres database.
    Postgres,
}

impl Report {
    /// A report without figures.
    pub(crate) fn new(plan: &Plan, machine: Machine) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION"),
            build: if cfg!(debug_assertions) { Build::Debug } else { Build::Release },
            store: if plan.database_url.is_some() { Store::Postgres } else { Store::Sqlite },
            machine,
            runs: plan.runs,
            run_seconds: plan.run.as_secs_f64(),
            episodes: plan.episodes,
            requests: Vec::new(),
            fan_out: Vec::new(),
            jobs: Vec::new(),
            idle_connections: None,
            start: None,
        }
    }

    /// How many requests a second that need nothing were answered over so many connections, where that was measured
    /// before.
    pub(crate) fn noop_rate(&self, connections: usize) -> Option<f64> {
        let mut noops = self.requests.iter().filter(|requested| requested.work == "noop");
        noops.find(|requested| requested.connections == connections).map(|requested| requested.requests_per_second)
    }
}

/// Rounded to so many places, because more would only look precise.
fn rounded(figure: f64, places: i32) -> f64 {
    let scale = 10_f64.powi(places);
    (figure * scale).round() / scale
}
