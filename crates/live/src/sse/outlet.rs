//! What goes out: the one place where a stream waits for its client.

use std::ops::Range;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::web::Bytes;
use showrunner_domain::event::Seq;

use super::record::{COMMENT, END, write_beginning, write_error, write_resync};
use crate::delivery;
use crate::hub::Batch;
use crate::pipe::{Blocked, Inlet, pipe};

/// From how many bytes on records go out before more are added. An event that is as large goes out as it lies in memory,
/// shared with other connections.
const CHUNK: usize = 16 * 1024;

/// The stream is over: the client was told so, has gone, or takes nothing.
#[derive(Debug)]
pub(super) struct Over;

impl From<Blocked> for Over {
    fn from(_: Blocked) -> Self {
        Self
    }
}

/// Gathers records into chunks, hands on one as soon as actix has taken the one before, and gives up on a client that
/// makes no room. The answer's body ends when this is dropped.
pub(super) struct Outlet {
    inlet: Inlet,
    pending: Vec<u8>,
}

impl Outlet {
    /// An outlet, and the body that it fills.
    pub(super) fn new(stall: Duration) -> (Self, BoxBody) {
        let (inlet, body) = pipe(None, stall);
        (Self { inlet, pending: Vec::new() }, body)
    }

    pub(super) fn comment(&mut self) {
        self.pending.extend_from_slice(COMMENT.as_bytes());
    }

    pub(super) fn error(&mut self, code: &str, message: &str) {
        write_error(&mut self.pending, code, message);
    }

    /// Sends what was gathered.
    pub(super) async fn flush(&mut self) -> Result<(), Over> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let chunk = Bytes::from(std::mem::take(&mut self.pending));
        Ok(self.inlet.send(chunk).await?)
    }

    /// Waits until nobody will take anything any more.
    pub(super) async fn closed(&self) -> Over {
        self.inlet.closed().await;
        Over
    }

    async fn flush_if_large(&mut self) -> Result<(), Over> {
        if self.pending.len() < CHUNK { Ok(()) } else { self.flush().await }
    }
}

impl delivery::Outlet for Outlet {
    type Ending = Over;

    async fn emptied(&mut self) -> Result<(), Over> {
        Ok(self.inlet.emptied().await?)
    }

    async fn events(&mut self, batch: &Batch, run: Range<usize>) -> Result<(), Over> {
        for live in &batch.events()[run] {
            write_beginning(&mut self.pending, &live.event);
            let envelope = batch.envelope_after_brace(live);
            if envelope.len() < CHUNK {
                self.pending.extend_from_slice(&envelope);
            } else {
                self.flush().await?;
                self.inlet.send(envelope).await?;
            }
            self.pending.extend_from_slice(END.as_bytes());
            self.flush_if_large().await?;
        }
        Ok(())
    }

    async fn resync(&mut self, head: Seq, reason: &'static str) -> Result<(), Over> {
        write_resync(&mut self.pending, head, reason);
        self.flush_if_large().await
    }
}
