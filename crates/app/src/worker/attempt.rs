//! One attempt at one job, from the claim to what became of it.

use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::ServiceError;
use showrunner_domain::job::{Done, Failing, Hands, JobHandler, JobQueue, Receipted};
use showrunner_web::causes;
use tokio::task::JoinError;
use tokio::time::sleep;

use super::hold::{Hold, Order};

/// How long to wait before what became of a job is told again, where the store could not take it.
const PAUSE: Duration = Duration::from_millis(500);
/// How often that is tried. After that the lease runs out, and the job is taken over.
const TRIES: u32 = 60;

/// One attempt.
pub(super) struct Attempt {
    pub(super) queue: Arc<JobQueue>,
    pub(super) handler: Arc<dyn JobHandler>,
    pub(super) claimed: Receipted,
    pub(super) hold: Hold,
}

/// What became of it.
enum Outcome {
    Done(Done),
    Failed(Failing),
    LetGo,
    HandBack,
}

impl Attempt {
    /// Does the job and writes what became of it. The hold lasts until that is written, so that the lease does too.
    pub(super) async fn run(self) {
        let hold = Arc::new(self.hold);
        let (handler, job, reporter) = (self.handler, self.claimed.job.clone(), hold.clone());
        // In a task of its own, so that it may panic, and is dropped wherever it waits.
        let mut work = tokio::spawn(async move { handler.run(&job, reporter).await });
        let limit = self.claimed.job.time_limit();
        let over = async {
            let failing = match &limit {
                Ok(limit) => {
                    sleep(*limit).await;
                    Failing::for_good(&format!(
                        "it took longer than the {} seconds that it may: raise timeout_seconds, or make the work smaller",
                        limit.as_secs()
                    ))
                }
                Err(wrong) => wrong.clone(),
            };
            Outcome::Failed(failing)
        };
        let outcome = tokio::select! {
            biased;
            ended = &mut work => told(ended),
            over = over => {
                work.abort();
                let _ = work.await;
                over
            }
            order = hold.ends() => {
                work.abort();
                let _ = work.await;
                if order == Order::HandBack { Outcome::HandBack } else { Outcome::LetGo }
            }
        };
        let mut tries = TRIES;
        while let Err(error) = write(&self.queue, &self.claimed, &outcome).await {
            tries -= 1;
            let id = self.claimed.job.id;
            match error {
                ServiceError::Unavailable(_) | ServiceError::Conflict { .. } if tries > 0 => sleep(PAUSE).await,
                ServiceError::LeaseLost => return tracing::info!(job = %id, "the job was called off or taken over"),
                error => {
                    return tracing::error!(job = %id, error = causes(&error), "what became of a job was not written");
                }
            }
        }
    }
}

fn told(ended: Result<Result<Done, Failing>, JoinError>) -> Outcome {
    match ended {
        Ok(Ok(done)) => Outcome::Done(done),
        Ok(Err(failing)) => Outcome::Failed(failing),
        Err(_) => Outcome::Failed(Failing::for_now("the handler panicked")),
    }
}

async fn write(queue: &JobQueue, claimed: &Receipted, outcome: &Outcome) -> Result<(), ServiceError> {
    let (hands, job, handle) = (Hands::own(), claimed.job.clone(), claimed.receipt_handle);
    match outcome {
        Outcome::Done(done) => queue.complete(&hands, job, handle, done).await?,
        Outcome::Failed(failing) => queue.fail(&hands, job, handle, failing).await?,
        Outcome::HandBack => queue.hand_back(&hands, job, handle).await?,
        Outcome::LetGo => return Ok(()),
    };
    Ok(())
}
