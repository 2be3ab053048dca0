//! The loop that learns what was revoked, on whichever node or command line, and ends it here.

use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::Clock;
use showrunner_domain::identity::{Revocations, SigningKeyId};
use showrunner_identity::Signer;
use showrunner_live::Hub;
use showrunner_web::causes;
use tokio::time::sleep;

use crate::signing::{SigningError, SigningKeyFile};

/// How long to rest between two looks: what is revoked counts on every node within five seconds.
const EVERY: Duration = Duration::from_secs(1);

/// What the loop works with.
pub(crate) struct RevocationLoop {
    /// What this node knows to be revoked.
    pub(crate) revocations: Arc<Revocations>,
    /// Whose connections are to look whether they may stay.
    pub(crate) hub: Arc<Hub>,
    /// The key of this data folder.
    pub(crate) file: SigningKeyFile,
    /// Signs with it.
    pub(crate) signer: Arc<Signer>,
    /// Tells the time.
    pub(crate) clock: Arc<dyn Clock>,
}

impl RevocationLoop {
    /// Runs for ever. While the store does not answer, what was known before goes on to count.
    pub(crate) async fn run(self) {
        let (mut ready, mut failing) = (self.signer.kid(), false);
        loop {
            sleep(EVERY).await;
            match self.look(&mut ready).await {
                Ok(()) => failing = false,
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::error!(error = causes(&error), "what was revoked is not known: this is tried again");
                    }
                }
            }
        }
    }

    /// Learns what is revoked, and sees to it that the key that signs here may: `ready` is the one that was last found so.
    async fn look(&self, ready: &mut SigningKeyId) -> Result<(), SigningError> {
        if self.revocations.refresh(self.clock.now()).await? {
            self.hub.revoke();
        }
        let kid = self.signer.kid();
        if kid != *ready || self.revocations.cover_key(&kid) {
            *ready = self.file.ready().await?.kid().clone();
            tracing::info!(kid = ready.0, "another key signs from now on");
        }
        Ok(())
    }
}
