//! A ledger that answers what takes something from somebody once it counts on every node.

use std::sync::Arc;

use async_trait::async_trait;
use showrunner_domain::identity::Bearers;
use showrunner_domain::{
    Advance, Advanced, ChangeSet, CommitError, Committed, Ledger, Receipt, StoreError, StoredReceipt,
};
use showrunner_store::Ports;
use tokio::time::sleep;

/// `ports` whose ledger has `bearers` forget what it revokes, and waits until other processes have too.
pub(crate) fn revoking(ports: &Ports, bearers: Arc<Bearers>) -> Ports {
    Ports { ledger: Arc::new(RevokingLedger { ledger: ports.ledger.clone(), bearers }), ..ports.clone() }
}

struct RevokingLedger {
    ledger: Arc<dyn Ledger>,
    bearers: Arc<Bearers>,
}

/// Forgets when it goes, also where whoever waits for a commit gives up.
struct Forgetting<'a>(&'a Bearers);

impl Drop for Forgetting<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}

#[async_trait]
impl Ledger for RevokingLedger {
    async fn commit(&self, set: ChangeSet) -> Result<Committed, CommitError> {
        if !set.revokes() {
            return self.ledger.commit(set).await;
        }
        let forgetting = Forgetting(&self.bearers);
        let committed = self.ledger.commit(set).await?;
        drop(forgetting);
        // What another node asked the store before this commit, it remembers no longer than this.
        sleep(Bearers::MEMORY).await;
        Ok(committed)
    }

    async fn find_receipt(&self, receipt: Receipt) -> Result<Option<StoredReceipt>, StoreError> {
        self.ledger.find_receipt(receipt).await
    }

    async fn advance(&self, advance: Advance) -> Result<Advanced, StoreError> {
        self.ledger.advance(advance).await
    }
}
