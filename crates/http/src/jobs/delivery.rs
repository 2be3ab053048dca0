//! Claimed jobs on their way to the worker. Those that do not arrive are released at once, and not when their lease ends.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::rt;
use actix_web::web::Bytes;
use showrunner_domain::job::Receipted;
use showrunner_web::causes;

use super::claim::Claimant;
use crate::answer::Data;

/// Jobs that a worker has claimed and may not have got yet. Unless it ends with [`arrived`](Self::arrived), they are released.
pub(super) struct Delivery {
    undelivered: Option<(Claimant, Vec<Receipted>)>,
}

impl Delivery {
    pub(super) fn to(claimant: Claimant, jobs: Vec<Receipted>) -> Self {
        Self { undelivered: Some((claimant, jobs)) }
    }

    /// The answer that tells the worker of them.
    pub(super) fn into_body(self) -> DeliveryBody {
        let jobs = self.undelivered.as_ref().map_or(&[][..], |(_, jobs)| jobs);
        let text = serde_json::to_vec(&Data { data: jobs });
        let text = text.unwrap_or_else(|error| unreachable!("jobs are plain data: {error}"));
        DeliveryBody { left: text.into(), stage: Stage::Whole, delivery: self }
    }

    fn is_gone(&self) -> bool {
        self.undelivered.as_ref().is_some_and(|(claimant, _)| claimant.is_gone())
    }

    fn arrived(&mut self) {
        self.undelivered = None;
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        let Some((claimant, jobs)) = self.undelivered.take().filter(|(_, jobs)| !jobs.is_empty()) else { return };
        rt::spawn(async move {
            tracing::info!(jobs = jobs.len(), "claimed jobs did not reach their worker: they are released");
            if let Err(error) = claimant.work.release(&claimant.caller, jobs).await {
                tracing::warn!(error = causes(&error), "claimed jobs that nobody got are left to their leases");
            }
        });
    }
}

/// The body of the answer. actix takes from a body until it has nothing at the moment, then writes to the socket, and
/// drops the body where that fails. So the end comes a turn after the text: by then the socket has it.
pub(super) struct DeliveryBody {
    left: Bytes,
    stage: Stage,
    delivery: Delivery,
}

/// How far the text has come.
enum Stage {
    /// actix has nothing of it.
    Whole,
    /// actix has it.
    Taken,
    /// actix has had its turn to write it.
    Written,
}

impl MessageBody for DeliveryBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.left.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        match self.stage {
            Stage::Whole => {
                self.stage = Stage::Taken;
                Poll::Ready(Some(Ok(std::mem::take(&mut self.left))))
            }
            Stage::Taken => {
                self.stage = Stage::Written;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Stage::Written => {
                if !self.delivery.is_gone() {
                    self.delivery.arrived();
                }
                Poll::Ready(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use showrunner_domain::event::Origin;
    use showrunner_domain::identity::{Actor, Caller, Role, ShowRoles, UserId};
    use showrunner_domain::job::{
        Job, JobId, JobQueue, JobStatus, JobType, Lease, MaxRetries, Priority, Progress, ReceiptHandle, WorkService,
        WorkerName,
    };
    use showrunner_domain::mocks::{MockClock, MockIdSource, MockJobStore, MockLedger, MockReceiver};
    use showrunner_domain::{Committed, RecordChange, Timestamp, Version};
    use uuid::Uuid;

    use super::*;

    /// How often a job was released, and whether the worker has gone.
    #[derive(Clone, Default)]
    struct Scene {
        released: Arc<AtomicUsize>,
        gone: Arc<AtomicBool>,
    }

    impl Scene {
        /// A claimed job on its way to a worker.
        fn delivery(&self) -> Delivery {
            let (released, gone) = (self.released.clone(), self.gone.clone());
            let (mut ledger, mut clock, mut ids) = (MockLedger::new(), MockClock::new(), MockIdSource::new());
            ledger.expect_commit().returning(move |set| {
                let [RecordChange::Job(change)] = set.changes() else { panic!("{set:?}") };
                assert_eq!((change.state().lease, change.state().attempt), (None, 0));
                released.fetch_add(1, Ordering::Relaxed);
                Ok(Committed)
            });
            clock.expect_now().returning(|| Timestamp::from_micros(2).unwrap());
            ids.expect_next().returning(|| Uuid::from_u128(77));
            let queue = JobQueue {
                jobs: Arc::new(MockJobStore::new()),
                ledger: Arc::new(ledger),
                clock: Arc::new(clock),
                ids: Arc::new(ids),
            };
            let mut receiver = MockReceiver::new();
            receiver.expect_is_gone().returning(move || gone.load(Ordering::Relaxed));
            let claimant = Claimant {
                caller: worker(),
                work: Arc::new(WorkService { queue: Arc::new(queue) }),
                receiver: Some(Arc::new(receiver)),
            };
            Delivery::to(claimant, vec![claimed()])
        }

        /// How often a job was released, once everything has run that was to.
        async fn released(&self) -> usize {
            for _ in 0..100 {
                rt::task::yield_now().await;
            }
            self.released.load(Ordering::Relaxed)
        }
    }

    fn worker() -> Caller {
        let id = UserId::new(Uuid::from_u128(5));
        let (email, name, role) = ("worker@example.com".into(), "A worker".into(), Role::Worker);
        let expires_at = Timestamp::from_micros(i64::from(u32::MAX)).unwrap();
        let actor =
            Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session: None, expires_at };
        Caller { actor, origin: Origin::default() }
    }

    fn claimed() -> Receipted {
        let handle = ReceiptHandle::new(Uuid::from_u128(7));
        let lease = Some(Lease { handle, expires_at: Timestamp::from_micros(9).unwrap() });
        let now = Timestamp::from_micros(1).unwrap();
        let job = Job {
            id: JobId::new(Uuid::from_u128(1)),
            job_type: JobType::parse("test").unwrap(),
            status: JobStatus::Processing,
            payload: serde_json::Map::new(),
            results: None,
            progress: Progress::fixed::<0>(),
            progress_message: None,
            priority: Priority::default(),
            retry_count: 0,
            max_retries: MaxRetries::parse(0).unwrap(),
            error_message: None,
            episode_id: None,
            show_id: None,
            created_by: None,
            granted: None,
            unique_key: None,
            run_at: now,
            started_at: Some(now),
            completed_at: None,
            next_retry_at: None,
            attempt: 1,
            worker: WorkerName::parse("outside").ok(),
            lease,
            created_at: now,
            updated_at: now,
            version: Version::FIRST,
        };
        Receipted::of(job).unwrap()
    }

    /// What actix gets of the body when it asks so often.
    async fn polled(body: &mut DeliveryBody, times: usize) -> Vec<Option<Bytes>> {
        let mut got = Vec::new();
        for _ in 0..times {
            got.push(
                poll_fn(|context| {
                    Poll::Ready(match Pin::new(&mut *body).poll_next(context) {
                        Poll::Ready(Some(Ok(bytes))) => Some(bytes),
                        _ => None,
                    })
                })
                .await,
            );
        }
        got
    }

    #[actix_web::test]
    async fn jobs_that_reach_their_worker_are_its_own() {
        let scene = Scene::default();
        let mut body = scene.delivery().into_body();
        let length = body.size();
        let got = polled(&mut body, 3).await;
        assert_eq!(length, BodySize::Sized(got[0].as_ref().unwrap().len() as u64));
        drop(body);
        assert_eq!(scene.released().await, 0);
    }

    #[actix_web::test]
    async fn jobs_are_released_where_the_answer_is_never_made_or_writing_it_fails() {
        for polls in [0, 1, 2] {
            let scene = Scene::default();
            let mut body = scene.delivery().into_body();
            polled(&mut body, polls).await;
            drop(body);
            assert_eq!(scene.released().await, 1, "after {polls} polls");
        }
        let scene = Scene::default();
        drop(scene.delivery());
        assert_eq!(scene.released().await, 1);
    }

    #[actix_web::test]
    async fn jobs_are_released_where_the_worker_goes_while_the_answer_is_written() {
        let scene = Scene::default();
        let mut body = scene.delivery().into_body();
        polled(&mut body, 1).await;
        scene.gone.store(true, Ordering::Relaxed);
        polled(&mut body, 2).await;
        drop(body);
        assert_eq!(scene.released().await, 1);
    }
}
