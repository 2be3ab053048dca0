//! What goes out: the one place where a connection waits for its client.

use std::time::Duration;

use actix_ws::{Closed, Session};
use bytestring::ByteString;
use showrunner_domain::event::Seq;
use tokio::time::timeout;

use super::close_code::RESUME;
use super::ending::Ending;
use super::server_frame::ServerFrame;
use crate::delivery;
use crate::hub::LiveEvent;

/// Sends frames, each as soon as actix-ws has room for it, and gives up on a client that makes none.
pub(super) struct Outlet {
    session: Session,
    stall: Duration,
}

impl Outlet {
    pub(super) fn new(session: Session, stall: Duration) -> Self {
        Self { session, stall }
    }

    pub(super) async fn frame(&mut self, frame: &ServerFrame<'_>) -> Result<(), Ending> {
        self.text(frame.to_text()).await
    }

    pub(super) async fn text(&mut self, text: ByteString) -> Result<(), Ending> {
        within(self.stall, self.session.text(text)).await
    }

    pub(super) async fn ping(&mut self) -> Result<(), Ending> {
        within(self.stall, self.session.ping(b"")).await
    }

    pub(super) async fn pong(&mut self, payload: &[u8]) -> Result<(), Ending> {
        within(self.stall, self.session.pong(payload)).await
    }

    pub(super) fn into_session(self) -> Session {
        self.session
    }
}

impl delivery::Outlet for Outlet {
    type Ending = Ending;

    async fn event(&mut self, event: &LiveEvent) -> Result<(), Ending> {
        self.text(event.frame.clone()).await
    }

    async fn resync(&mut self, head: Seq, reason: &'static str) -> Result<(), Ending> {
        self.frame(&ServerFrame::Resync { head, reason }).await
    }
}

async fn within(stall: Duration, sending: impl Future<Output = Result<(), Closed>>) -> Result<(), Ending> {
    match timeout(stall, sending).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(Closed)) => Err(Ending::Gone),
        Err(_) => Err(Ending::Close(RESUME, "frames were not read: resume with since")),
    }
}
