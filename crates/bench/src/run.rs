//! The order in which things are measured.

use std::rc::Rc;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::LocalSet;

use crate::catch_up::caught_up;
use crate::fill::fill;
use crate::http::{Kind, Requests};
use crate::jobs::{self, EngineLine, OutsideLine};
use crate::live::Crowd;
use crate::median::Median;
use crate::report::{Delivery, IdleConnections, Pace, Report, Requested, Starts, Way, Worked};
use crate::server::{Home, Server};
use crate::{BenchError, Machine, Plan, Work, fan_out, idle, load, start};

/// Over how many connections each kind of request is sent.
const CONNECTIONS: [usize; 3] = [1, 32, 64];
/// The data folder of the server that has episodes.
const FILLED: &str = "filled";
/// The data folder of the server that has jobs.
const JOBS: &str = "jobs";
/// The data folder of the engine of jobs.
const ENGINE: &str = "engine";

/// Measures what the plan asks for and tells `progress` what it is about to do. Servers and folders are gone afterwards,
/// and a given database is as empty as before.
///
/// # Errors
/// Whatever kept it from a figure that can be believed; the end of the server's log is told to `progress`.
pub fn run(plan: &Plan, progress: &dyn Fn(&str)) -> Result<Report, BenchError> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let report = Report::new(plan, Machine::glance()?);
    let home = Home::new(plan)?;
    let measured = LocalSet::new().block_on(&runtime, async {
        let bench = Bench { plan, home: &home, progress };
        tokio::select! {
            report = bench.measure(report) => report,
            interrupted = interrupted() => interrupted,
        }
    });
    if measured.as_ref().is_err_and(|error| !matches!(error, BenchError::Interrupted)) {
        progress(&home.end_of_log());
    }
    home.clear_database().and(measured)
}

async fn interrupted<T>() -> Result<T, BenchError> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Err(BenchError::Interrupted)
}

struct Bench<'a> {
    plan: &'a Plan,
    home: &'a Home,
    progress: &'a dyn Fn(&str),
}

impl Bench<'_> {
    async fn measure(&self, mut report: Report) -> Result<Report, BenchError> {
        let empty = if self.asks_for(Work::Start) { self.starts_on_nothing().await? } else { Vec::new() };
        if self.plan.works.iter().any(|work| !matches!(work, Work::Idle | Work::Jobs)) {
            self.requests_and_deliveries(&mut report).await?;
        }
        if self.asks_for(Work::Start) {
            let mut existing = Vec::new();
            for _ in 0..self.plan.runs {
                (self.progress)("start, with the data that is there");
                existing.push(start::run(self.home, FILLED, self.rest()).await?);
            }
            report.start = Starts::of(empty, existing);
        }
        if self.asks_for(Work::Jobs) {
            report.jobs.extend(self.jobs_over_http().await?);
            report.jobs.extend(self.jobs_in_process().await?);
        }
        if self.asks_for(Work::Idle) {
            report.idle_connections = self.idle_connections().await?;
        }
        Ok(report)
    }

    fn asks_for(&self, work: Work) -> bool {
        self.plan.works.contains(&work)
    }

    async fn starts_on_nothing(&self) -> Result<Vec<start::Sample>, BenchError> {
        let mut starts = Vec::new();
        for run in 0..self.plan.runs {
            (self.progress)("start, in an empty folder");
            starts.push(start::run(self.home, &format!("empty-{run}"), self.rest()).await?);
            self.home.clear_database()?;
        }
        Ok(starts)
    }

    async fn requests_and_deliveries(&self, report: &mut Report) -> Result<(), BenchError> {
        let server = self.home.serve(FILLED)?;
        let token = self.home.token(FILLED)?;
        (self.progress)(&format!("making {} episodes", self.plan.episodes));
        let requests = Rc::new(Requests::new(server.address, &token));
        let episodes = fill(&server, &requests, self.plan.episodes).await?;
        let requests = Rc::new(Requests::new(server.address, &token).about(episodes));
        for work in &self.plan.works {
            match work {
                Work::Request(kind) => self.requests(&server, &requests, *kind, report).await?,
                Work::FanOut => self.deliveries(&server, &requests, &token, report).await?,
                Work::Jobs | Work::Idle | Work::Start => {}
            }
        }
        server.stop()
    }

    async fn requests(
        &self,
        server: &Server,
        requests: &Rc<Requests>,
        kind: Kind,
        report: &mut Report,
    ) -> Result<(), BenchError> {
        for connections in CONNECTIONS {
            (self.progress)(&format!("{}, {connections} connections", kind.as_str()));
            let mut samples = Vec::new();
            for _ in 0..self.plan.runs {
                samples.push(load::run(server, requests, kind, connections, self.plan.run).await?);
            }
            let noop = report.noop_rate(connections);
            let median = Median::of(samples, load::Sample::rate);
            report.requests.extend(median.map(|median| Requested::of(kind, connections, &median, noop)));
        }
        Ok(())
    }

    async fn deliveries(
        &self,
        server: &Server,
        requests: &Rc<Requests>,
        token: &str,
        report: &mut Report,
    ) -> Result<(), BenchError> {
        for clients in fan_out::AUDIENCES {
            let mut crowd = Crowd::gather(server.address, token, clients).await?;
            for pace in Pace::ALL {
                (self.progress)(&format!("fan-out to {clients} clients, {pace}"));
                let mut samples = Vec::new();
                for _ in 0..self.plan.runs {
                    samples.push(fan_out::run(server, requests, &mut crowd, pace, self.plan.run).await?);
                }
                let median = match pace {
                    Pace::BackToBack => Median::of(samples, fan_out::Sample::rate),
                    Pace::PerSecond(_) => Median::of(samples, fan_out::Sample::typical_delay),
                };
                report.fan_out.extend(median.map(|median| Delivery::of(clients, pace, &median)));
            }
        }
        Ok(())
    }

    async fn jobs_in_process(&self) -> Result<Option<Worked>, BenchError> {
        let engine = Rc::new((self.plan.open_engine)(&self.home.folder(ENGINE), self.home.database_url())?);
        let mut samples = Vec::new();
        for _ in 0..self.plan.runs {
            (self.progress)("jobs, in process");
            let open = async || EngineLine::new(engine.clone());
            samples.push(jobs::run(open, self.plan.run).await?);
        }
        let median = Median::of(samples, |sample| sample.throughput.rate());
        Ok(median.map(|median| Worked::of(Way::InProcess, &median)))
    }

    async fn jobs_over_http(&self) -> Result<Option<Worked>, BenchError> {
        let server = self.home.serve(JOBS)?;
        let editor = Rc::new(Requests::new(server.address, &self.home.token(JOBS)?));
        let worker = Rc::new(Requests::new(server.address, &self.home.worker_token(JOBS)?));
        let mut samples = Vec::new();
        for _ in 0..self.plan.runs {
            (self.progress)("jobs, over HTTP");
            let open = async || OutsideLine::open(server.address, editor.clone(), worker.clone()).await;
            samples.push(jobs::run(open, self.plan.run).await?);
            caught_up(&server, &editor).await?;
        }
        server.stop()?;
        let median = Median::of(samples, |sample| sample.throughput.rate());
        Ok(median.map(|median| Worked::of(Way::OverHttp, &median)))
    }

    async fn idle_connections(&self) -> Result<Option<IdleConnections>, BenchError> {
        let mut each = Vec::new();
        for run in 0..self.plan.runs {
            (self.progress)(&format!("{} idle connections to a fresh process", idle::CONNECTIONS));
            let data = format!("idle-{run}");
            let (server, token) = (self.home.serve(&data)?, self.home.token(&data)?);
            each.push(idle::kilobytes_each(&server, &token, self.rest()).await?);
            server.stop()?;
        }
        Ok(IdleConnections::of(each))
    }

    /// How long a process is let alone before its memory is looked at.
    fn rest(&self) -> Duration {
        self.plan.run
    }
}
