//! What is to be measured.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use crate::{BenchError, Engine, Kind};

/// What is to be measured, and how thoroughly.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The program to measure, `showrunner`.
    pub program: PathBuf,
    /// A Postgres database without tables of Showrunner's, which it is left without; SQLite where there is none.
    pub database_url: Option<String>,
    /// The kinds of work, each once.
    pub works: Vec<Work>,
    /// How often each is measured; the median counts.
    pub runs: usize,
    /// How long each run takes, after a warm-up of a quarter of it.
    pub run: Duration,
    /// How many episodes there are before anything is measured.
    pub episodes: usize,
    /// Whether this database has tables of Showrunner's.
    pub has_store: fn(&str) -> Result<bool, BenchError>,
    /// Opens the engine of jobs on a store in this folder, or on this database.
    pub open_engine: fn(&Path, Option<&str>) -> Result<Engine, BenchError>,
}

/// A kind of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// Requests of one kind.
    Request(Kind),
    /// New episodes as they reach WebSocket clients.
    FanOut,
    /// Jobs that have nothing to do.
    Jobs,
    /// What a WebSocket that nothing happens on takes of memory.
    Idle,
    /// How soon a new process answers, and what it takes of memory.
    Start,
}

/// No kind of work is called so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be some of noop, get, list, update, create, fan-out, jobs, idle and start")]
pub struct UnknownWork;

impl Work {
    /// Every kind of work.
    pub const ALL: [Self; 9] = [
        Self::Request(Kind::Noop),
        Self::Request(Kind::Get),
        Self::Request(Kind::List),
        Self::Request(Kind::Update),
        Self::Request(Kind::Create),
        Self::FanOut,
        Self::Jobs,
        Self::Idle,
        Self::Start,
    ];

    /// Its name on the command line and in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Request(kind) => kind.as_str(),
            Self::FanOut => "fan-out",
            Self::Jobs => "jobs",
            Self::Idle => "idle",
            Self::Start => "start",
        }
    }
}

impl FromStr for Work {
    type Err = UnknownWork;

    fn from_str(text: &str) -> Result<Self, UnknownWork> {
        Self::ALL.into_iter().find(|work| work.as_str() == text).ok_or(UnknownWork)
    }
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_work_is_found_by_its_name() {
        for work in Work::ALL {
            assert_eq!(work.as_str().parse(), Ok(work));
            assert!(UnknownWork.to_string().contains(work.as_str()), "{work}");
        }
        assert_eq!("everything".parse::<Work>(), Err(UnknownWork));
    }
}
