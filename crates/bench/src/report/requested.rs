//! Figures of requests.

use std::time::Duration;

use serde::Serialize;

use super::rounded;
use crate::http::Kind;
use crate::load::{Sample, milliseconds};
use crate::median::Median;

/// Requests of one kind over some connections: figures of the run with the median rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Requested {
    /// The kind.
    pub work: &'static str,
    /// How many connections there were, each with one request at a time.
    pub connections: usize,
    /// How many requests were answered, all as expected.
    pub requests: u64,
    /// How many that is a second.
    pub requests_per_second: f64,
    /// The rate of the slowest run.
    pub lowest: f64,
    /// The rate of the fastest run.
    pub highest: f64,
    /// The rate as a part of that of requests which need nothing, over as many connections; null if that was not measured.
    pub part_of_noop: Option<f64>,
    /// Half of the answers came within so many milliseconds.
    pub p50_ms: f64,
    /// All answers but one in a hundred came within so many milliseconds.
    pub p99_ms: f64,
    /// How long after the last answer the last activity and notification were written, in milliseconds.
    pub effects_after_ms: f64,
    /// The server's processor time for a request with all that follows from it, in microseconds.
    pub server_us: f64,
    /// The client's.
    pub client_us: f64,
    /// That of all else on the machine, above all a database's and the network's.
    pub others_us: f64,
}

impl Requested {
    /// The figures of `median`, beside `noop` requests a second that need nothing.
    pub(crate) fn of(kind: Kind, connections: usize, median: &Median<Sample>, noop: Option<f64>) -> Self {
        let Median { middle: sample, lowest, highest } = median;
        let rate = sample.rate();
        let noop = if kind == Kind::Noop { Some(rate) } else { noop };
        let of_each = |time| rounded(each(time, sample.requests), 1);
        Self {
            work: kind.as_str(),
            connections,
            requests: sample.requests,
            requests_per_second: rate.round(),
            lowest: lowest.round(),
            highest: highest.round(),
            part_of_noop: noop.map(|noop| rounded(rate / noop, 3)),
            p50_ms: milliseconds(&sample.delays, 0.5),
            p99_ms: milliseconds(&sample.delays, 0.99),
            effects_after_ms: rounded(sample.effects_after.as_secs_f64() * 1_000.0, 1),
            server_us: of_each(sample.cpu.server),
            client_us: of_each(sample.cpu.client),
            others_us: of_each(sample.cpu.others),
        }
    }
}

/// The share of each of so many, in microseconds.
#[expect(clippy::cast_precision_loss, reason = "requests and deliveries of a benchmark are few enough")]
pub(super) fn each(time: Duration, count: u64) -> f64 {
    time.as_secs_f64() * 1_000_000.0 / count.max(1) as f64
}
