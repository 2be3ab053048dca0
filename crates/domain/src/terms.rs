//! On what terms a caller wants a record written.

use crate::{ChangeSet, Ledger, Precondition, Receipt, ServiceError, StoredReceipt};

/// On what terms a record is to be written. By default there are none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// The version that is to be written over.
    pub precondition: Precondition,
    /// The receipt of a request that may be repeated.
    pub receipt: Option<Receipt>,
}

impl Terms {
    /// What the request was answered before, if it was carried out.
    pub(crate) async fn answered_before(&self, ledger: &dyn Ledger) -> Result<Option<StoredReceipt>, ServiceError> {
        let Some(receipt) = &self.receipt else { return Ok(None) };
        let stored = ledger.find_receipt(receipt.clone()).await?;
        stored.map(|stored| self.same_request(stored)).transpose()
    }

    /// `stored`, if it is of this request.
    ///
    /// # Errors
    /// [`ServiceError::KeyReused`] where it is of another one.
    pub(crate) fn same_request(&self, stored: StoredReceipt) -> Result<StoredReceipt, ServiceError> {
        match &self.receipt {
            Some(receipt) if receipt.fingerprint == stored.fingerprint => Ok(stored),
            _ => Err(ServiceError::KeyReused),
        }
    }

    /// `set` with the receipt, if there is one.
    pub(crate) fn of(&self, set: ChangeSet) -> ChangeSet {
        match &self.receipt {
            Some(receipt) => set.with_receipt(receipt.clone()),
            None => set,
        }
    }
}

impl From<Precondition> for Terms {
    fn from(precondition: Precondition) -> Self {
        Self { precondition, receipt: None }
    }
}
