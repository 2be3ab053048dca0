//! The loop that fires schedules. Every node runs it: the store lets one of them fire each time.

use std::time::Duration;

use showrunner_domain::schedule::FiringService;
use showrunner_store::Ports;
use showrunner_web::causes;
use tokio::time::{Instant, sleep};

use crate::services;

/// How often it looks for schedules that are new or were changed, and for those that a wrong clock has moved.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What the loop works with.
pub(crate) struct ScheduleLoop {
    /// Fires what is due.
    firing: FiringService,
}

impl ScheduleLoop {
    /// A loop that fires the schedules of `ports`.
    pub(crate) fn on(ports: &Ports) -> Self {
        Self { firing: services::firing(ports) }
    }

    /// Runs for ever. What cannot be fired now is fired when the store answers again.
    pub(crate) async fn run(self) {
        let (mut failing, mut behind, mut last) = (false, None, None);
        loop {
            let mut fired = self.firing.fire().await;
            if last.is_none_or(|last: Instant| last.elapsed() >= LOOK_EVERY) {
                last = Some(Instant::now());
                match self.firing.realign(behind).await {
                    Ok(next) => behind = next,
                    Err(error) => fired = Err(error),
                }
            }
            let rest = match fired {
                Ok(next) => {
                    failing = false;
                    next.unwrap_or(LOOK_EVERY).min(LOOK_EVERY)
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(error = causes(&error), "schedules are not fired: this is tried again");
                    }
                    LOOK_EVERY
                }
            };
            sleep(rest).await;
        }
    }
}
