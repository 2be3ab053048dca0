//! What goes out: the one place where a stream waits for its client.

use std::convert::Infallible;
use std::ops::Range;
use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use showrunner_domain::event::Seq;
use tokio::sync::mpsc;

use super::record::{COMMENT, write_error, write_event, write_resync};
use crate::delivery;
use crate::hub::Batch;

/// From how many bytes on records go out before more are added.
const CHUNK: usize = 16 * 1024;

/// The stream is over: the client was told so, has gone, or takes nothing.
#[derive(Debug)]
pub(super) struct Over;

/// Gathers records into chunks, hands on one as soon as actix has taken the one before, and gives up on a client that
/// makes no room. The answer's body ends when this is dropped.
pub(super) struct Outlet {
    chunks: mpsc::Sender<Bytes>,
    pending: Vec<u8>,
    stall: Duration,
}

impl Outlet {
    /// An outlet, and the body that it fills.
    pub(super) fn new(stall: Duration) -> (Self, impl Stream<Item = Result<Bytes, Infallible>> + 'static) {
        let (chunks, mut taken) = mpsc::channel(1);
        let body = stream::poll_fn(move |context| taken.poll_recv(context).map(|chunk| chunk.map(Ok)));
        (Self { chunks, pending: Vec::new(), stall }, body)
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
        self.chunks.send_timeout(chunk, self.stall).await.map_err(|_| Over)
    }

    /// Waits until nobody will take anything any more.
    pub(super) async fn closed(&self) -> Over {
        self.chunks.closed().await;
        Over
    }

    async fn flush_if_large(&mut self) -> Result<(), Over> {
        if self.pending.len() < CHUNK { Ok(()) } else { self.flush().await }
    }
}

impl delivery::Outlet for Outlet {
    type Ending = Over;

    async fn events(&mut self, batch: &Batch, run: Range<usize>) -> Result<(), Over> {
        for live in &batch.events()[run] {
            write_event(&mut self.pending, &live.event, batch.envelope_after_brace(live));
            self.flush_if_large().await?;
        }
        Ok(())
    }

    async fn resync(&mut self, head: Seq, reason: &'static str) -> Result<(), Over> {
        write_resync(&mut self.pending, head, reason);
        self.flush_if_large().await
    }
}
