//! What a WebSocket takes of memory while nothing happens on it.

use std::time::Duration;

use tokio::time::sleep;

use crate::BenchError;
use crate::live::Crowd;
use crate::process::resident;
use crate::server::Server;

/// How many there are.
pub(crate) const CONNECTIONS: u32 = 1_000;

/// Connects clients that authenticate and subscribe to a server that has done nothing before, and answers by how many
/// kilobytes a connection its resident memory has grown, `rest` later.
pub(crate) async fn kilobytes_each(server: &Server, token: &str, rest: Duration) -> Result<f64, BenchError> {
    sleep(rest).await;
    let before = resident(server.pid())?;
    let crowd = Crowd::gather(server.address, token, CONNECTIONS).await?;
    sleep(rest).await;
    let after = resident(server.pid())?;
    drop(crowd);
    Ok((f64_of(after) - f64_of(before)) / f64::from(CONNECTIONS))
}

#[expect(clippy::cast_precision_loss, reason = "kilobytes of a process are few enough")]
fn f64_of(kilobytes: u64) -> f64 {
    kilobytes as f64
}
