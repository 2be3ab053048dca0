//! Removing receipts of requests that nobody may repeat any more.

use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::{Clock as _, ReceiptStore};
use showrunner_web::causes;
use tokio::time::sleep;

use crate::system::SystemClock;

/// How often there is a look for some.
const INTERVAL: Duration = Duration::from_mins(1);
/// How many are removed in one transaction, so that nobody waits for it long.
const STEP: usize = 500;
/// How long others have the store to themselves between two steps.
const PAUSE: Duration = Duration::from_millis(100);

/// Removes receipts that have expired, for ever. A full step is followed by another one soon.
pub(crate) async fn sweep_receipts(receipts: Arc<dyn ReceiptStore>) {
    loop {
        match receipts.remove_expired(SystemClock.now(), STEP).await {
            Ok(STEP) => sleep(PAUSE).await,
            Ok(_) => sleep(INTERVAL).await,
            Err(error) => {
                tracing::warn!(error = causes(&error), "receipts that have expired stay: this is tried again");
                sleep(INTERVAL).await;
            }
        }
    }
}
