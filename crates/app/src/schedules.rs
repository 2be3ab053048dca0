//! The loop that fires schedules. Every node runs it: the store lets one of them fire each time.

use std::time::Duration;

use showrunner_domain::Timestamp;
use showrunner_domain::schedule::FiringService;
use showrunner_store::Ports;
use showrunner_web::causes;
use tokio::time::sleep;

use crate::services;

/// How often it looks for schedules that are new or were changed.
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
        let mut failing = false;
        loop {
            let rest = match self.firing.fire().await {
                Ok(next) => {
                    failing = false;
                    next.map_or(LOOK_EVERY, |next| self.until(next))
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

    /// How long to wait for `next`, at most until the next look.
    fn until(&self, next: Timestamp) -> Duration {
        next.since(self.firing.clock.now()).unwrap_or_default().min(LOOK_EVERY)
    }
}
