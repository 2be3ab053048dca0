//! Waiting until all that follows from accepted changes is there.

use std::time::{Duration, Instant};

use crate::BenchError;
use crate::http::{Connection, Requests};
use crate::server::Server;

/// How long activities and notifications may take after the last change.
const PATIENCE: Duration = Duration::from_mins(5);
/// What the readers of the log write. Each list waits for its own, a while, and says whether it waited in vain.
const LISTS: [&str; 2] = ["/api/v1/activities?limit=1", "/api/v1/notifications?limit=1"];

/// Waits until activities and notifications of everything answered before are written.
pub(crate) async fn caught_up(server: &Server, requests: &Requests) -> Result<(), BenchError> {
    let mut connection = Connection::open(server.address).await?;
    let (started, mut request) = (Instant::now(), Vec::new());
    for list in LISTS {
        requests.get(&[list], &mut request);
        while connection.exchange(&request).await?.expect(200, list)?.lags {
            if started.elapsed() > PATIENCE {
                return Err(BenchError::Late(format!("{list} is up to date")));
            }
        }
    }
    Ok(())
}
