//! Keeping users within their limits, so that nobody takes a server from the others.

mod ledger;
mod port;
mod usage;

pub use ledger::QuotaLedger;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockQuotaStore;
pub use port::QuotaStore;
