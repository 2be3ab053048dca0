//! Claiming jobs, and waiting for some to claim.

use std::time::{Duration, Instant};

use actix_web::rt::time::{sleep, timeout};
use actix_web::{HttpRequest, web};
use showrunner_domain::ServiceError;
use showrunner_domain::identity::Caller;
use showrunner_domain::job::{Receipted, WorkService};
use showrunner_web::{Identified, JsonBody};

use super::members::{self, Wanted};
use crate::answer::{self, Answer};
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
) -> Answer {
    query::none(&request)?;
    let wanted = fields::complete(body.read().await?, members::claim)?;
    Ok(answer::one(waiting(&caller, &work, wanted).await?))
}

/// What can be claimed, as soon as there is something, or nothing once the worker does not want to wait any longer.
async fn waiting(caller: &Caller, work: &WorkService, wanted: Wanted) -> Result<Vec<Receipted>, ServiceError> {
    let until = Instant::now() + wanted.wait;
    loop {
        let seen = work.queue.arrivals();
        let Wanted { job_types, worker, limit, lease, .. } = &wanted;
        let claimed = work.claim(caller, job_types.clone(), worker.clone(), *limit, *lease).await?;
        let left = until.saturating_duration_since(Instant::now());
        if !claimed.is_empty() || left.is_zero() {
            return Ok(claimed);
        }
        sleep(left.min(REST)).await;
        let _ = timeout(left.min(LOOK), work.queue.wait_for_arrivals(seen)).await;
    }
}
