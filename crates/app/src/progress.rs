//! The loop that tells who watches jobs how far they are, a few times a second, whichever node works on them.

use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::StoreError;
use showrunner_domain::job::{JobStore, ProgressRevision};
use showrunner_live::Watchers;
use showrunner_web::causes;
use tokio::time::sleep;

/// How long to rest between two looks: nobody is told of a job more than four times a second.
const EVERY: Duration = Duration::from_millis(250);

/// What the loop works with.
pub(crate) struct ProgressLoop {
    /// Where workers report.
    pub(crate) jobs: Arc<dyn JobStore>,
    /// Who is to be told.
    pub(crate) watchers: Arc<Watchers>,
}

impl ProgressLoop {
    /// Runs for ever. Where nobody watches it does not look either.
    pub(crate) async fn run(self) {
        let (mut seen, mut failing) = (None, false);
        loop {
            sleep(EVERY).await;
            if !self.watchers.follow_jobs() {
                seen = None;
                continue;
            }
            match self.look(seen).await {
                Ok(reached) => (seen, failing) = (Some(reached), false),
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(error = causes(&error), "nobody is told how far jobs are");
                    }
                }
            }
        }
    }

    async fn look(&self, seen: Option<ProgressRevision>) -> Result<ProgressRevision, StoreError> {
        let news = self.jobs.progress(seen).await?;
        self.watchers.tell_progress(&news.jobs);
        Ok(news.head)
    }
}
