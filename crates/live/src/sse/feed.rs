//! One stream: events out, from its position on, and the clock.

use actix_web::web;
use showrunner_domain::Clock;
use showrunner_domain::identity::{AccessService, Actor};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout};

use super::outlet::{Outlet, Over};
use crate::delivery::Delivery;
use crate::expiry::{expiry, has_expired};
use crate::hub::{Membership, Pulse};
use crate::pace::Pace;
use crate::subscriptions::Subscriptions;
use crate::tcp::SocketHandle;
use crate::vigil::Vigil;

/// What a stream knows.
pub(super) struct Feed {
    pub(super) hub: Membership,
    pub(super) clock: web::Data<dyn Clock>,
    pub(super) pace: web::Data<Pace>,
    pub(super) pulse: watch::Receiver<Pulse>,
    pub(super) outlet: Outlet,
    pub(super) access: web::Data<AccessService>,
    pub(super) actor: Actor,
    pub(super) vigil: Vigil,
    pub(super) subscriptions: Subscriptions,
    pub(super) delivery: Delivery,
    pub(super) next_comment: Instant,
}

/// Runs a stream to its end, and waits until the client has gone. One that does not go in time is cut off.
pub(super) async fn attend(mut feed: Feed, socket: Option<SocketHandle>) {
    let Over = feed.run().await;
    let Feed { hub, outlet, pace, .. } = feed;
    drop(outlet);
    if let Some(socket) = &socket
        && timeout(pace.farewell, socket.gone()).await.is_err()
    {
        socket.cut();
    }
    drop(hub);
}

impl Feed {
    async fn run(&mut self) -> Over {
        loop {
            if let Err(over) = self.turn().await {
                return over;
            }
        }
    }

    /// Looks at the clock, sends a batch, then waits for whatever comes next.
    async fn turn(&mut self) -> Result<(), Over> {
        if self.pulse.borrow().draining {
            return Err(Over);
        }
        if has_expired(&self.actor, self.clock.as_ref()) {
            self.outlet.error("TOKEN_EXPIRED", "the token has expired: come back with a new one and resume");
            self.outlet.flush().await?;
            return Err(Over);
        }
        if let Err(reason) = self.vigil.look(&self.hub, &self.access, &mut self.actor).await {
            self.outlet.error("UNAUTHENTICATED", reason);
            self.outlet.flush().await?;
            return Err(Over);
        }
        if self.next_comment <= Instant::now() {
            self.next_comment = Instant::now() + self.pace.ping;
            self.outlet.comment();
        }
        let next = self.delivery.go_on(&self.hub, &self.actor, &self.subscriptions, &mut self.outlet).await?;
        self.outlet.flush().await?;
        let due = self.vigil.or_at(next.or_at(expiry(&self.actor, self.clock.as_ref()).min(self.next_comment)));
        tokio::select! {
            over = self.outlet.closed() => Err(over),
            () = next.progress(&mut self.pulse, self.vigil.mark()) => Ok(()),
            () = sleep_until(due) => Ok(()),
        }
    }
}
