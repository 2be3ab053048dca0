//! Telling other nodes how much was written here.

use std::sync::Arc;
use std::time::Duration;

use showrunner_domain::quota::QuotaLedger;
use showrunner_web::causes;
use tokio::time::sleep;

/// How often nodes tell each other. For so long each may let a user write as much as if there were no other.
const INTERVAL: Duration = Duration::from_secs(5);

/// Exchanges with other nodes how much users have written, for ever.
pub(crate) async fn exchange_quotas(quotas: Arc<QuotaLedger>) {
    loop {
        sleep(INTERVAL).await;
        if let Err(error) = quotas.exchange().await {
            tracing::warn!(error = causes(&error), "what users have written was not told: this is tried again");
        }
    }
}
