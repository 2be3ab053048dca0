//! What processes take of the processors and of memory, as Linux tells it in `/proc`.

use std::fs;
use std::time::Duration;

use rustix::param::clock_ticks_per_second;

use crate::BenchError;

/// Reads a file of `/proc`.
pub(crate) fn read(path: &str) -> Result<String, BenchError> {
    fs::read_to_string(path).map_err(|error| unusable(path, &error.to_string()))
}

/// Processor time until now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Cpu {
    /// The server's.
    pub(crate) server: Duration,
    /// This process's.
    pub(crate) client: Duration,
    /// That of all else on this machine: a database's processes, and what the kernel does for nobody in particular.
    pub(crate) others: Duration,
}

impl Cpu {
    /// What was taken until now, with `server` as the server's process.
    pub(crate) fn now(server: u32) -> Result<Self, BenchError> {
        let machine = machine()?;
        let (server, client) = (of_process(&server.to_string())?, of_process("self")?);
        Ok(Self { server, client, others: machine.saturating_sub(server + client) })
    }

    /// What was taken since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> Self {
        Self {
            server: self.server.saturating_sub(earlier.server),
            client: self.client.saturating_sub(earlier.client),
            others: self.others.saturating_sub(earlier.others),
        }
    }
}

/// Resident memory of a process, in kilobytes.
pub(crate) fn resident(pid: u32) -> Result<u64, BenchError> {
    let path = format!("/proc/{pid}/status");
    let status = read(&path)?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.parse().ok());
    kilobytes.ok_or_else(|| unusable(&path, "it does not tell resident memory"))
}

/// Time that the processors spent on anything.
pub(crate) fn machine() -> Result<Duration, BenchError> {
    let path = "/proc/stat";
    busy(&read(path)?).ok_or_else(|| unusable(path, "it does not tell processor time"))
}

fn of_process(pid: &str) -> Result<Duration, BenchError> {
    let path = format!("/proc/{pid}/stat");
    user_and_system(&read(&path)?).ok_or_else(|| unusable(&path, "it does not tell processor time"))
}

/// `user nice system idle iowait irq softirq`, of which two are no work (proc(5)).
fn busy(stat: &str) -> Option<Duration> {
    let line = stat.lines().next()?.strip_prefix("cpu ")?;
    let fields: Vec<u64> = line.split_whitespace().map_while(|field| field.parse().ok()).collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, ..] = fields.as_slice() else {
        return None;
    };
    Some(ticks(user + nice + system + irq + softirq))
}

/// Fields 14 and 15; the second field is a name that may hold blanks and brackets (proc(5)).
fn user_and_system(stat: &str) -> Option<Duration> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(ticks(user + system))
}

fn ticks(count: u64) -> Duration {
    Duration::from_millis(count * 1_000 / clock_ticks_per_second())
}

fn unusable(path: &str, reason: &str) -> BenchError {
    BenchError::Proc { path: path.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_process_does_not_shift_its_fields() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194560 100 0 0 0 25 17 0 0 20 0 1 0 100 1000 50";
        assert_eq!(user_and_system(stat), Some(ticks(42)));
        assert_eq!(user_and_system("7 (a) S 1"), None);
    }

    #[test]
    fn waiting_is_not_counted_as_work() {
        assert_eq!(busy("cpu  1 2 4 1000 2000 8 16 0 0 0\ncpu0 1 2 4 8\n"), Some(ticks(31)));
        assert_eq!(busy("intr 1\n"), None);
    }

    #[test]
    fn this_process_has_memory_and_takes_time() {
        let pid = std::process::id();
        assert!(resident(pid).unwrap() > 0);
        let before = Cpu::now(pid).unwrap();
        let mut taken = Cpu::default();
        while taken.server.is_zero() {
            taken = Cpu::now(pid).unwrap().since(before);
        }
        assert!(!taken.client.is_zero());
    }

    #[test]
    fn a_process_that_is_gone_is_an_error() {
        assert!(matches!(resident(0), Err(BenchError::Proc { .. })));
    }
}
