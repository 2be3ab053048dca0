//! How soon a new process answers.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::BenchError;
use crate::http::{Connection, Kind, Requests};
use crate::process::resident;
use crate::server::Home;

/// What one start has shown.
#[derive(Debug)]
pub(crate) struct Sample {
    /// From making the process to its first good answer.
    pub(crate) elapsed: Duration,
    /// Its resident memory after the rest, in kilobytes.
    pub(crate) resident: u64,
}

/// Starts a server on this data folder, asks it whether it lives, lets it `rest` and stops it.
pub(crate) async fn run(home: &Home, data: &str, rest: Duration) -> Result<Sample, BenchError> {
    let start = Instant::now();
    let server = home.serve(data)?;
    let mut request = Vec::new();
    Requests::new(server.address, "").write(Kind::Noop, &mut request);
    Connection::open(server.address).await?.exchange(&request).await?.expect(Kind::Noop.status(), "livez")?;
    let elapsed = start.elapsed();
    sleep(rest).await;
    let sample = Sample { elapsed, resident: resident(server.pid())? };
    server.stop()?;
    Ok(sample)
}
