//! Figures of deliveries.

use std::fmt;

use serde::{Serialize, Serializer};

use super::requested::each;
use super::rounded;
use crate::fan_out::Sample;
use crate::load::milliseconds;
use crate::median::Median;

/// How fast events are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// As fast as everybody takes them.
    BackToBack,
    /// So many a second.
    PerSecond(u32),
}

/// New episodes as they reached WebSocket clients: figures of the run with the median rate where they were made as fast
/// as they were taken, with the median `p50_ms` otherwise.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Delivery {
    /// How many clients watched.
    pub clients: u32,
    /// How fast episodes were created.
    pub pace: Pace,
    /// How many were created.
    pub events: usize,
    /// How many events clients got: every client each of them once, in order.
    pub deliveries: u64,
    /// How many that is a second, from the first request to the last delivery.
    pub deliveries_per_second: f64,
    /// That of the run with the lowest, or its `p50_ms`.
    pub lowest: f64,
    /// That of the run with the highest, or its `p50_ms`.
    pub highest: f64,
    /// Half of the deliveries came within so many milliseconds after the request to create.
    pub p50_ms: f64,
    /// All deliveries but one in a hundred came within so many milliseconds.
    pub p99_ms: f64,
    /// The server's processor time for a delivery, with its part of creating the episode, in microseconds.
    pub server_us: f64,
    /// The client's.
    pub client_us: f64,
    /// That of all else on the machine, above all a database's and the network's.
    pub others_us: f64,
}

impl Pace {
    /// Every pace that is measured.
    pub const ALL: [Self; 3] = [Self::BackToBack, Self::PerSecond(10), Self::PerSecond(100)];
}

impl fmt::Display for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BackToBack => f.write_str("back to back"),
            Self::PerSecond(events) => write!(f, "{events}/s"),
        }
    }
}

impl Serialize for Pace {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Delivery {
    /// The figures of `median`.
    pub(crate) fn of(clients: u32, pace: Pace, median: &Median<Sample>) -> Self {
        let Median { middle: sample, lowest, highest } = median;
        let deliveries = sample.delays.len();
        let of_each = |time| rounded(each(time, deliveries), 2);
        Self {
            clients,
            pace,
            events: sample.events,
            deliveries,
            deliveries_per_second: sample.rate().round(),
            lowest: rounded(*lowest, 3),
            highest: rounded(*highest, 3),
            p50_ms: sample.typical_delay(),
            p99_ms: milliseconds(&sample.delays, 0.99),
            server_us: of_each(sample.cpu.server),
            client_us: of_each(sample.cpu.client),
            others_us: of_each(sample.cpu.others),
        }
    }
}
