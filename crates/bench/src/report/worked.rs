//! Figures of jobs.

use std::fmt;

use serde::Serialize;

use crate::jobs::Sample;
use crate::load::milliseconds;
use crate::median::Median;

/// How jobs are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Way {
    /// Through the engine in the worker's own process.
    #[serde(rename = "in process")]
    InProcess,
    /// Through a server.
    #[serde(rename = "over HTTP")]
    OverHttp,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::InProcess => "in process",
            Self::OverHttp => "over HTTP",
        })
    }
}

/// Jobs that have nothing to do: figures of the run with the median rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Worked {
    /// How they were reached.
    pub way: Way,
    /// How many were queued, claimed and completed, each durably.
    pub jobs: u64,
    /// How many that is a second.
    pub jobs_per_second: f64,
    /// The rate of the slowest run.
    pub lowest: f64,
    /// The rate of the fastest run.
    pub highest: f64,
    /// Where one comes every 20 ms: half of them began within so many milliseconds.
    pub start_p50_ms: f64,
    /// All but one in a hundred began within so many milliseconds.
    pub start_p99_ms: f64,
}

impl Worked {
    /// The figures of `median`.
    pub(crate) fn of(way: Way, median: &Median<Sample>) -> Self {
        let Median { middle: Sample { throughput, starts }, lowest, highest } = median;
        Self {
            way,
            jobs: throughput.jobs,
            jobs_per_second: throughput.rate().round(),
            lowest: lowest.round(),
            highest: highest.round(),
            start_p50_ms: milliseconds(starts, 0.5),
            start_p99_ms: milliseconds(starts, 0.99),
        }
    }
}
