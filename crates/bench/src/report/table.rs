//! The report for people.

use std::fmt;

use super::{Build, Delivery, Report, Requested, Store, Worked};
use crate::Machine;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cores, processor, memory_mb, kernel, busy_percent } = &self.machine;
        let store = if self.store == Store::Sqlite { "SQLite" } else { "Postgres" };
        let runs = if self.runs == 1 { "one run".to_owned() } else { format!("medians of {} runs", self.runs) };
        let (episodes, seconds) = (grouped(self.episodes), self.run_seconds);
        writeln!(f, "Showrunner {} on {store}, {episodes} episodes; {runs} of {seconds} s", self.version)?;
        writeln!(
            f,
            "{cores} cores of {processor}, {memory_mb} MB, Linux {kernel}, {busy_percent} % of a core busy before"
        )?;
        if self.build == Build::Debug {
            writeln!(f, "A debug build: these figures say nothing of a server in use.")?;
        }
        requests(f, &self.requests)?;
        deliveries(f, &self.fan_out)?;
        jobs(f, &self.jobs)?;
        if let Some(idle) = &self.idle_connections {
            let connections = grouped(idle.connections);
            writeln!(f, "\nidle connection: {} KB, of {connections} in a fresh process", idle.kilobytes_each)?;
        }
        if let Some(start) = &self.start {
            writeln!(f, "\ncold start: {} ms in an empty folder, {} ms with data", start.empty_ms, start.existing_ms)?;
            writeln!(
                f,
                "idle memory: {} MB in an empty folder, {} MB with data",
                start.idle_mb, start.existing_idle_mb
            )?;
        }
        Ok(())
    }
}

fn requests(f: &mut fmt::Formatter<'_>, all: &[Requested]) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    let header = ["requests/s", "lowest", "highest", "of noop", "p50 ms", "p99 ms", "effects ms", "server µs"];
    write!(f, "\n{:<8}{:>12}", "request", "connections")?;
    header.iter().try_for_each(|name| write!(f, "{name:>12}"))?;
    writeln!(f, "{:>12}{:>12}", "client µs", "others µs")?;
    for it in all {
        write!(f, "{:<8}{:>12}{:>12}", it.work, it.connections, grouped(it.requests_per_second))?;
        write!(f, "{:>12}{:>12}", grouped(it.lowest), grouped(it.highest))?;
        write!(f, "{:>12}", it.part_of_noop.map_or("–".to_owned(), |part| format!("{part:.3}")))?;
        write!(f, "{:>12.2}{:>12.2}{:>12.1}", it.p50_ms, it.p99_ms, it.effects_after_ms)?;
        writeln!(f, "{:>12.1}{:>12.1}{:>12.1}", it.server_us, it.client_us, it.others_us)?;
    }
    Ok(())
}

fn deliveries(f: &mut fmt::Formatter<'_>, all: &[Delivery]) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    write!(f, "\n{:<10}{:>14}{:>12}", "clients", "pace", "events")?;
    write!(f, "{:>14}{:>12}{:>12}", "deliveries/s", "p50 ms", "p99 ms")?;
    writeln!(f, "{:>12}{:>12}{:>12}", "server µs", "client µs", "others µs")?;
    for it in all {
        write!(f, "{:<10}{:>14}{:>12}", grouped(it.clients), it.pace.to_string(), grouped(it.events))?;
        write!(f, "{:>14}{:>12.2}{:>12.2}", grouped(it.deliveries_per_second), it.p50_ms, it.p99_ms)?;
        writeln!(f, "{:>12.2}{:>12.2}{:>12.2}", it.server_us, it.client_us, it.others_us)?;
    }
    Ok(())
}

fn jobs(f: &mut fmt::Formatter<'_>, all: &[Worked]) -> fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    write!(f, "\n{:<12}{:>12}{:>12}{:>12}", "jobs", "jobs/s", "lowest", "highest")?;
    writeln!(f, "{:>14}{:>14}", "start p50 ms", "start p99 ms")?;
    for it in all {
        write!(f, "{:<12}{:>12}{:>12}", it.way, grouped(it.jobs_per_second), grouped(it.lowest))?;
        writeln!(f, "{:>12}{:>14.2}{:>14.2}", grouped(it.highest), it.start_p50_ms, it.start_p99_ms)?;
    }
    Ok(())
}

/// A whole number with a comma before every third digit from the end.
fn grouped(number: impl fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{IdleConnections, Pace, Starts, Way};

    #[test]
    fn numbers_are_grouped_by_threes() {
        assert_eq!([7, 700, 7_000, 1_234_567].map(grouped), ["7", "700", "7,000", "1,234,567"]);
    }

    #[test]
    fn a_report_is_a_table() {
        let machine = Machine {
            cores: 2,
            processor: "A Processor".to_owned(),
            memory_mb: 24_000,
            kernel: "6.1".to_owned(),
            busy_percent: 3.0,
        };
        let requested = |work, connections, rate: f64, part| Requested {
            work,
            connections,
            requests: 1_000,
            requests_per_second: rate,
            lowest: rate - 100.0,
            highest: rate + 1_000.0,
            part_of_noop: part,
            p50_ms: 0.213,
            p99_ms: 12.5,
            effects_after_ms: 0.4,
            server_us: 17.3,
            client_us: 4.1,
            others_us: 150.0,
        };
        let delivery = |pace| Delivery {
            clients: 1_000,
            pace,
            events: 1_234,
            deliveries: 1_234_000,
            deliveries_per_second: 567_890.0,
            lowest: 1.0,
            highest: 2.0,
            p50_ms: 3.5,
            p99_ms: 14.2,
            server_us: 1.23,
            client_us: 0.97,
            others_us: 0.1,
        };
        let report = Report {
            version: "0.1.0",
            build: Build::Debug,
            store: Store::Postgres,
            machine,
            runs: 3,
            run_seconds: 4.0,
            episodes: 10_000,
            requests: vec![requested("get", 1, 9_876.0, None), requested("create", 64, 12_345.0, Some(0.25))],
            fan_out: vec![delivery(Pace::BackToBack), delivery(Pace::PerSecond(100))],
            jobs: vec![Worked {
                way: Way::InProcess,
                jobs: 40_000,
                jobs_per_second: 10_000.0,
                lowest: 9_000.0,
                highest: 11_000.0,
                start_p50_ms: 1.2,
                start_p99_ms: 3.4,
            }],
            idle_connections: Some(IdleConnections {
                connections: 1_000,
                kilobytes_each: 14.2,
                lowest: 14.0,
                highest: 14.9,
            }),
            start: Some(Starts { empty_ms: 120.5, existing_ms: 41.0, idle_mb: 20.1, existing_idle_mb: 23.4 }),
        };
        insta::assert_snapshot!(report.to_string());
    }
}
