//! What goes out: the one place where a connection waits for its client.

use actix_http::ws::{OpCode, Parser};
use actix_web::web::{Bytes, BytesMut};
use actix_ws::CloseReason;
use bytestring::ByteString;
use showrunner_domain::event::Seq;
use std::ops::Range;

use super::close_code::RESUME;
use super::ending::Ending;
use super::server_frame::ServerFrame;
use crate::delivery;
use crate::hub::Batch;
use crate::pipe::{Blocked, Inlet};

/// Sends frames, each as soon as actix has taken what came before, and gives up on a client that makes no room.
pub(super) struct Outlet {
    inlet: Inlet,
}

impl Outlet {
    pub(super) fn new(inlet: Inlet) -> Self {
        Self { inlet }
    }

    pub(super) async fn frame(&mut self, frame: &ServerFrame<'_>) -> Result<(), Ending> {
        self.text(frame.to_text()).await
    }

    pub(super) async fn text(&mut self, text: ByteString) -> Result<(), Ending> {
        self.send(encoded(text.into_bytes(), OpCode::Text)).await
    }

    pub(super) async fn ping(&mut self) -> Result<(), Ending> {
        self.send(encoded(Bytes::new(), OpCode::Ping)).await
    }

    pub(super) async fn pong(&mut self, payload: Bytes) -> Result<(), Ending> {
        self.send(encoded(payload, OpCode::Pong)).await
    }

    /// Sends the last frame, and ends the body after it.
    pub(super) async fn close(self, reason: Option<CloseReason>) {
        let mut frame = BytesMut::new();
        Parser::write_close(&mut frame, reason, false);
        // Who has gone needs no farewell.
        let _ = self.inlet.send(frame.freeze()).await;
    }

    async fn send(&self, frames: Bytes) -> Result<(), Ending> {
        Ok(self.inlet.send(frames).await?)
    }
}

impl From<Blocked> for Ending {
    fn from(blocked: Blocked) -> Self {
        match blocked {
            Blocked::Closed => Self::Gone,
            Blocked::Stalled => Self::Close(RESUME, "frames were not read: resume with since"),
        }
    }
}

/// A whole frame; a server masks none (RFC 6455 section 5.1).
fn encoded(payload: Bytes, code: OpCode) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + 10);
    Parser::write_message(&mut frame, payload, code, true, false);
    frame.freeze()
}

impl delivery::Outlet for Outlet {
    type Ending = Ending;

    async fn emptied(&mut self) -> Result<(), Ending> {
        Ok(self.inlet.emptied().await?)
    }

    async fn events(&mut self, batch: &Batch, run: Range<usize>) -> Result<(), Ending> {
        self.send(batch.frames(run)).await
    }

    async fn resync(&mut self, head: Seq, reason: &'static str) -> Result<(), Ending> {
        self.frame(&ServerFrame::Resync { head, reason }).await
    }
}
