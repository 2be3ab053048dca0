//! Claiming jobs, and waiting for some to claim.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::http::header::ContentType;
use actix_web::rt::time::{sleep, timeout};
use actix_web::{HttpRequest, HttpResponse, rt, web};
use showrunner_domain::identity::Caller;
use showrunner_domain::job::{Receipted, WorkService};
use showrunner_domain::{Receiver, ServiceError, StoreError};
use showrunner_web::{Identified, JsonBody};
use tokio::sync::oneshot;

use super::delivery::Delivery;
use super::members::{self, Wanted};
use crate::answer::Answer;
use crate::draining::Draining;
use crate::{fields, query};

/// Jobs also become due without an event: while a worker waits, they are looked for at least this often.
const LOOK: Duration = Duration::from_secs(1);

/// After a look in vain a worker rests: what comes may all be for others.
const REST: Duration = Duration::from_millis(5);

pub(super) async fn claim(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    work: web::Data<WorkService>,
    draining: web::Data<Draining>,
) -> Answer {
    query::none(&request)?;
    let wanted = fields::complete(body.read().await?, members::claim)?;
    let receiver = request.conn_data::<Arc<dyn Receiver>>().cloned();
    let claimant = Claimant { caller, work: work.into_inner(), receiver };
    // In a task of its own: actix drops this handler when the connection breaks, also while jobs are being handed out.
    let (answer, claimed) = oneshot::channel();
    rt::spawn(async move {
        let claimed = claimant.wait(&wanted, &draining).await.map(|jobs| Delivery::to(claimant, jobs));
        // Jobs that are not taken from here go back with the delivery.
        drop(answer.send(claimed));
    });
    let claimed = claimed.await.map_err(|_| ServiceError::Unavailable(StoreError::new("the claim was given up")))??;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(claimed.into_body()))
}

/// A worker outside that wants jobs.
pub(super) struct Claimant {
    pub(super) caller: Caller,
    pub(super) work: Arc<WorkService>,
    pub(super) receiver: Option<Arc<dyn Receiver>>,
}

impl Claimant {
    /// Whether the worker is known to have gone.
    pub(super) fn is_gone(&self) -> bool {
        self.receiver.as_ref().is_some_and(|receiver| receiver.is_gone())
    }

    /// What can be claimed, as soon as there is something, or nothing once the worker does not want to wait any longer,
    /// has gone, or the server stops.
    async fn wait(&self, wanted: &Wanted, draining: &Draining) -> Result<Vec<Receipted>, ServiceError> {
        let until = Instant::now() + wanted.wait;
        let Self { caller, work, receiver } = self;
        loop {
            let seen = work.queue.arrivals();
            let Wanted { job_types, worker, limit, lease, .. } = wanted;
            let claimed =
                work.claim(caller, job_types.clone(), worker.clone(), *limit, *lease, receiver.clone()).await?;
            let left = until.saturating_duration_since(Instant::now());
            if !claimed.is_empty() || left.is_zero() || self.is_gone() {
                return Ok(claimed);
            }
            let chance = async {
                sleep(left.min(REST)).await;
                let _ = timeout(left.min(LOOK), work.queue.wait_for_arrivals(seen)).await;
            };
            tokio::select! {
                () = chance => {}
                () = draining.begun() => return Ok(Vec::new()),
            }
        }
    }
}
