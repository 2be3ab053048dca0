//! Figures of processes and of connections that rest.

use serde::Serialize;

use super::rounded;
use crate::idle::CONNECTIONS;
use crate::median::Median;
use crate::start::Sample;

/// Live connections on which nothing happens, to a process that has done nothing before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IdleConnections {
    /// How many there were.
    pub connections: u32,
    /// By how much the server's resident memory grew for each, in kilobytes.
    pub kilobytes_each: f64,
    /// That of the lowest run.
    pub lowest: f64,
    /// That of the highest run.
    pub highest: f64,
}

/// New processes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Starts {
    /// From making the process in an empty folder to its first answer, in milliseconds.
    pub empty_ms: f64,
    /// The same with the data that requests left.
    pub existing_ms: f64,
    /// The resident memory of a process in an empty folder that has answered once, in megabytes.
    pub idle_mb: f64,
    /// The same with the data that requests left.
    pub existing_idle_mb: f64,
}

impl IdleConnections {
    /// The median of these kilobytes.
    pub(crate) fn of(each: Vec<f64>) -> Option<Self> {
        let Median { middle, lowest, highest } = Median::of(each, |each| *each)?;
        Some(Self {
            connections: CONNECTIONS,
            kilobytes_each: rounded(middle, 1),
            lowest: rounded(lowest, 1),
            highest: rounded(highest, 1),
        })
    }
}

impl Starts {
    /// The medians of these starts.
    pub(crate) fn of(empty: Vec<Sample>, existing: Vec<Sample>) -> Option<Self> {
        let (empty, existing) = (Median::of(empty, milliseconds)?, Median::of(existing, milliseconds)?);
        Some(Self {
            empty_ms: rounded(milliseconds(&empty.middle), 1),
            existing_ms: rounded(milliseconds(&existing.middle), 1),
            idle_mb: megabytes(&empty.middle),
            existing_idle_mb: megabytes(&existing.middle),
        })
    }
}

fn milliseconds(sample: &Sample) -> f64 {
    sample.elapsed.as_secs_f64() * 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes of a process are few enough")]
fn megabytes(sample: &Sample) -> f64 {
    rounded(sample.resident as f64 / 1_024.0, 1)
}
