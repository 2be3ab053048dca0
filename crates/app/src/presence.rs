//! The loop that shares this node's presence with the others and tells who watches, a few times a second.

use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::presence::PresenceService;
use showrunner_live::Watchers;
use showrunner_web::causes;
use tokio::time::sleep;

/// How long to rest between two exchanges: nobody is told of a record, and nothing is written, more than four times
/// a second.
const EVERY: Duration = Duration::from_millis(250);

/// What the loop works with.
pub(crate) struct PresenceLoop {
    /// Who is where.
    pub(crate) presence: Arc<PresenceService>,
    /// Who is to be told.
    pub(crate) watchers: Arc<Watchers>,
}

impl PresenceLoop {
    /// Runs for ever. What cannot be written or read waits for the next time.
    pub(crate) async fn run(self) {
        let mut failing = false;
        loop {
            match self.presence.exchange().await {
                Ok(places) => {
                    failing = false;
                    self.watchers.tell(&places);
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(error = causes(&error), "presence is not shared with other nodes");
                    }
                }
            }
            sleep(EVERY).await;
        }
    }
}
