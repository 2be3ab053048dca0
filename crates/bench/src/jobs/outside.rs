//! Jobs over HTTP.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use super::{Line, TYPE};
use crate::BenchError;
use crate::http::{Connection, Requests};

/// One who queues jobs or works on them, over a connection of its own.
pub(crate) struct OutsideLine {
    connection: Connection,
    editor: Rc<Requests>,
    worker: Rc<Requests>,
    request: Vec<u8>,
}

#[derive(Deserialize)]
struct Queued {
    data: Id,
}

#[derive(Deserialize)]
struct Id {
    id: String,
}

#[derive(Deserialize)]
struct Claims {
    data: Vec<Claim>,
}

/// A claimed job.
#[derive(Deserialize)]
pub(crate) struct Claim {
    id: String,
    receipt_handle: String,
}

impl OutsideLine {
    /// Connects. Jobs are queued by the one who makes requests as `editor`, and done by `worker`.
    pub(crate) async fn open(
        address: SocketAddr,
        editor: Rc<Requests>,
        worker: Rc<Requests>,
    ) -> Result<Self, BenchError> {
        Ok(Self { connection: Connection::open(address).await?, editor, worker, request: Vec::new() })
    }
}

fn understood<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, BenchError> {
    serde_json::from_slice(body).map_err(|error| BenchError::Answer(error.to_string()))
}

impl Line for OutsideLine {
    type Claimed = Claim;

    async fn enqueue(&mut self) -> Result<String, BenchError> {
        self.editor.post(&["/api/v1/jobs"], &json!({ "job_type": TYPE }).to_string(), &mut self.request);
        let answer = self.connection.exchange(&self.request).await?.expect(201, "queueing a job")?;
        Ok(understood::<Queued>(answer.body)?.data.id)
    }

    async fn claim(&mut self, most: usize, patience: Duration) -> Result<Vec<Claim>, BenchError> {
        let wanted = json!({ "job_types": [TYPE], "worker": TYPE, "limit": most, "wait_seconds": patience.as_secs() });
        self.worker.post(&["/api/v1/jobs/claim"], &wanted.to_string(), &mut self.request);
        let answer = self.connection.exchange(&self.request).await?.expect(200, "a claim")?;
        Ok(understood::<Claims>(answer.body)?.data)
    }

    fn id(claimed: &Claim) -> String {
        claimed.id.clone()
    }

    async fn complete(&mut self, claimed: Vec<Claim>) -> Result<(), BenchError> {
        for Claim { id, receipt_handle } in claimed {
            let handle = json!({ "receipt_handle": receipt_handle }).to_string();
            self.worker.post(&["/api/v1/jobs/", &id, "/complete"], &handle, &mut self.request);
            self.connection.exchange(&self.request).await?.expect(200, "a completion")?;
        }
        Ok(())
    }
}
