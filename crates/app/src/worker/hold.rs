//! Holding on to jobs: one sign of life for all of them, and the news of which do not count any more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use showrunner_domain::job::{
    Beat, Claimant, JobId, JobQueue, LeaseTime, Progress, ProgressMessage, ReceiptHandle, Receipted, Reporter,
};
use showrunner_web::causes;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// How often progress is passed on, at most.
const ROUND: Duration = Duration::from_millis(250);
/// How often every job in hand shows a sign of life: a job that was called off is let go of within this time and a round.
const BEAT_EVERY: Duration = Duration::from_secs(1);

/// What is to become of a job in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// It is worked on.
    GoOn,
    /// It is somebody else's, or was called off.
    LetGo,
    /// The worker stops.
    HandBack,
}

/// A job in hand.
struct Held {
    handle: ReceiptHandle,
    claimant: Claimant,
    order: watch::Sender<Order>,
    news: Option<(Progress, Option<ProgressMessage>)>,
}

/// All jobs in hand.
#[derive(Clone)]
pub(super) struct Holds {
    jobs: Arc<Mutex<HashMap<JobId, Held>>>,
}

impl Holds {
    /// Nothing is in hand; signs of life go to `queue` from now on, each for the time of `lease`.
    pub(super) fn start(queue: Arc<JobQueue>, lease: LeaseTime) -> Self {
        let holds = Self { jobs: Arc::default() };
        let watched = Arc::downgrade(&holds.jobs);
        tokio::spawn(async move {
            let mut last = Instant::now();
            while let Some(jobs) = watched.upgrade() {
                let all = last.elapsed() >= BEAT_EVERY;
                if all {
                    last = Instant::now();
                }
                Self { jobs }.beat(&queue, lease, all).await;
                sleep(ROUND).await;
            }
        });
        holds
    }

    /// Takes a job in hand until the answer is dropped.
    pub(super) fn take(&self, claimed: &Receipted) -> Hold {
        let (order, orders) = watch::channel(Order::GoOn);
        let (handle, claimant) = (claimed.receipt_handle, claimed.job.claimant());
        let held = Held { handle, claimant, order, news: None };
        self.jobs().insert(claimed.job.id, held);
        Hold { holds: self.clone(), id: claimed.job.id, orders }
    }

    /// What the jobs in hand count for.
    pub(super) fn claimants(&self) -> Vec<Claimant> {
        self.jobs().values().map(|held| held.claimant.clone()).collect()
    }

    /// Has every job handed back.
    pub(super) fn hand_back_all(&self) {
        for held in self.jobs().values() {
            held.order.send_replace(Order::HandBack);
        }
    }

    /// Shows a sign of life for jobs with news, or for all.
    async fn beat(&self, queue: &JobQueue, lease: LeaseTime, all: bool) {
        let beats: Vec<Beat> = self
            .jobs()
            .iter_mut()
            .filter(|(_, held)| all || held.news.is_some())
            .map(|(id, held)| {
                let (progress, message) = held.news.take().unzip();
                Beat { id: *id, handle: held.handle, lease, progress, message: message.flatten() }
            })
            .collect();
        if beats.is_empty() {
            return;
        }
        let sent: Vec<(JobId, ReceiptHandle)> = beats.iter().map(|beat| (beat.id, beat.handle)).collect();
        match queue.beat(beats).await {
            Ok(counts) => {
                let jobs = self.jobs();
                let lost = sent.iter().zip(counts).filter(|(_, counts)| !counts).map(|(sent, _)| sent);
                for (id, handle) in lost {
                    if let Some(held) = jobs.get(id).filter(|held| held.handle == *handle) {
                        held.order.send_replace(Order::LetGo);
                    }
                }
            }
            Err(error) => tracing::warn!(error = causes(&error), "claims could not be renewed: this is tried again"),
        }
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, Held>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One job in hand, until this value goes.
pub(super) struct Hold {
    holds: Holds,
    id: JobId,
    orders: watch::Receiver<Order>,
}

impl Hold {
    /// Waits until the job is not to be worked on any more, and answers what to do with it.
    pub(super) async fn ends(&self) -> Order {
        let mut orders = self.orders.clone();
        orders.wait_for(|order| *order != Order::GoOn).await.map_or(Order::LetGo, |order| *order)
    }
}

impl Reporter for Hold {
    fn report(&self, progress: Progress, message: Option<ProgressMessage>) {
        if let Some(held) = self.holds.jobs().get_mut(&self.id) {
            held.news = Some((progress, message));
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.holds.jobs().remove(&self.id);
    }
}
