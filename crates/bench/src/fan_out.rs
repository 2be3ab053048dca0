//! New episodes as they reach WebSocket clients: how many a second, and how soon.

use std::rc::Rc;
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use crate::catch_up::caught_up;
use crate::http::{Connection, Kind, Requests};
use crate::live::{Account, Crowd};
use crate::load::{joined, milliseconds};
use crate::process::Cpu;
use crate::server::Server;
use crate::{BenchError, Pace};

/// How many clients there are.
pub(crate) const AUDIENCES: [u32; 2] = [100, 1_000];
/// Over how many connections episodes are created.
const PUBLISHERS: usize = 8;
/// How many events may be on their way to somebody where they are made as fast as they are taken.
const ON_THEIR_WAY: usize = 256;
/// How long the last answers may take after a run's end.
const PATIENCE: Duration = Duration::from_mins(1);

/// What one run has shown.
#[derive(Debug)]
pub(crate) struct Sample {
    /// How many episodes were created.
    pub(crate) events: usize,
    /// From the first of them to the last delivery.
    pub(crate) elapsed: Duration,
    /// How long each took from its request to each client, in microseconds.
    pub(crate) delays: Histogram<u64>,
    /// Processor time until then.
    pub(crate) cpu: Cpu,
}

impl Sample {
    /// Deliveries a second.
    #[expect(clippy::cast_precision_loss, reason = "deliveries of a benchmark are few enough")]
    pub(crate) fn rate(&self) -> f64 {
        self.delays.len() as f64 / self.elapsed.as_secs_f64()
    }

    /// The time within which half of the deliveries came, in milliseconds.
    pub(crate) fn typical_delay(&self) -> f64 {
        milliseconds(&self.delays, 0.5)
    }
}

/// Creates episodes at this pace for the time of a run and waits until each has reached each client of the crowd, once
/// and in order; anything else is an error.
pub(crate) async fn run(
    server: &Server,
    requests: &Rc<Requests>,
    crowd: &mut Crowd,
    pace: Pace,
    time: Duration,
) -> Result<Sample, BenchError> {
    let account = crowd.begin();
    let (before, start) = (Cpu::now(server.pid())?, Instant::now());
    crowd.witness(publish(server, requests, &account, pace, time)).await?;
    let elapsed = start.elapsed();
    let cpu = Cpu::now(server.pid())?.since(before);
    caught_up(server, requests).await?;
    Ok(Sample { events: account.sent(), elapsed, delays: account.delays(), cpu })
}

async fn publish(
    server: &Server,
    requests: &Rc<Requests>,
    account: &Account,
    pace: Pace,
    time: Duration,
) -> Result<(), BenchError> {
    let (start, mut publishers) = (Instant::now(), JoinSet::new());
    for turn in 0..PUBLISHERS {
        let connection = Connection::open(server.address).await?;
        let publisher = Publisher { connection, requests: requests.clone(), account: account.clone() };
        publishers.spawn_local(publisher.publish(pace, turn, start, start + time));
    }
    let ended = timeout(time + PATIENCE, joined(publishers)).await;
    ended.unwrap_or_else(|_| Err(BenchError::Late("every new episode is answered".to_owned()))).map(drop)
}

struct Publisher {
    connection: Connection,
    requests: Rc<Requests>,
    account: Account,
}

impl Publisher {
    /// At a given pace, publishers take turns.
    async fn publish(mut self, pace: Pace, turn: usize, start: Instant, end: Instant) -> Result<(), BenchError> {
        for round in 0.. {
            let due = due(pace, round * PUBLISHERS + turn, start);
            if due >= end {
                break;
            }
            if due > Instant::now() {
                sleep_until(due.into()).await;
            }
            self.create(pace).await?;
        }
        Ok(())
    }

    async fn create(&mut self, pace: Pace) -> Result<(), BenchError> {
        let most = if pace == Pace::BackToBack { ON_THEIR_WAY } else { usize::MAX };
        let (title, mut request) = (self.account.next(most).await, Vec::new());
        self.requests.create(&title, self.account.sent(), &mut request);
        self.connection.exchange(&request).await?.expect(Kind::Create.status(), "a new episode").map(drop)
    }
}

/// When the event of this number is to be sent.
fn due(pace: Pace, number: usize, start: Instant) -> Instant {
    match pace {
        Pace::BackToBack => Instant::now(),
        Pace::PerSecond(events) => start + Duration::from_secs(1) * u32::try_from(number).unwrap_or(u32::MAX) / events,
    }
}
