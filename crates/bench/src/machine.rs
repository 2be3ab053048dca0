//! The machine that figures hold for: they move with it.

use std::thread;
use std::time::Duration;

use serde::Serialize;

use crate::BenchError;
use crate::process;

/// How long it is watched before anything starts.
const GLANCE: Duration = Duration::from_secs(1);

/// What is worth knowing of the machine.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Machine {
    /// How many processors this process may use.
    pub cores: usize,
    /// What the first one calls itself.
    pub processor: String,
    /// The memory, in megabytes.
    pub memory_mb: u64,
    /// The release of the kernel.
    pub kernel: String,
    /// How busy others kept the processors just before the benchmark, in per cent of one; figures of a busy machine say little.
    pub busy_percent: f64,
}

impl Machine {
    /// This machine, watched for a second.
    pub(crate) fn glance() -> Result<Self, BenchError> {
        let (info, memory) = (process::read("/proc/cpuinfo")?, process::read("/proc/meminfo")?);
        let kernel = process::read("/proc/sys/kernel/osrelease")?;
        let before = process::machine()?;
        thread::sleep(GLANCE);
        let busy = process::machine()?.saturating_sub(before);
        Ok(Self {
            cores: thread::available_parallelism().map_or(1, usize::from),
            processor: value(&info, "model name").unwrap_or("unknown").to_owned(),
            memory_mb: value(&memory, "MemTotal").and_then(kilobytes).unwrap_or(0) / 1_024,
            kernel: kernel.trim().to_owned(),
            busy_percent: (busy.as_secs_f64() / GLANCE.as_secs_f64() * 100.0).round(),
        })
    }
}

fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = text.lines().filter_map(|line| line.split_once(':'));
    pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim())
}

fn kilobytes(text: &str) -> Option<u64> {
    text.strip_suffix(" kB")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_by_name() {
        let text = "MemTotal:       24576 kB\nmodel name\t: A Processor\n";
        assert_eq!(value(text, "model name"), Some("A Processor"));
        assert_eq!(value(text, "MemTotal").and_then(kilobytes), Some(24_576));
        assert_eq!(value(text, "flags"), None);
    }
}
