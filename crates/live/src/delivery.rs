//! Going on in the log, for every kind of connection: from the ring where it reaches back, from the store where it
//! does not.

use std::ops::Range;

use showrunner_domain::StoreError;
use showrunner_domain::event::{LoggedEvent, Seq};
use showrunner_domain::identity::Actor;
use showrunner_web::causes;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::hub::{Backoff, Batch, Hub, Mark, Pulse, Recent};
use crate::subscriptions::Subscriptions;

/// How many events one read of the store takes.
const PAGE: usize = 256;

/// A kind of connection: how events go out, and why that may end it.
pub(crate) trait Outlet {
    type Ending;

    /// Sends a run of events of `batch`.
    async fn events(&mut self, batch: &Batch, run: Range<usize>) -> Result<(), Self::Ending>;

    /// Says that something was missed for good, and that events after `head` follow.
    async fn resync(&mut self, head: Seq, reason: &'static str) -> Result<(), Self::Ending>;
}

/// Where a connection stands in the log.
#[derive(Debug)]
pub(crate) struct Delivery {
    position: Seq,
    backoff: Backoff,
    /// When a store that failed is asked again.
    resting_until: Option<Instant>,
}

/// What to wait for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Next {
    /// Nothing may be sent now.
    Nothing,
    /// The hub to stand beyond this position.
    Beyond(Seq),
    /// The time to ask a store again that failed.
    At(Instant),
}

impl Next {
    /// Waits until the hub stands beyond what was sent, has seen accounts change after `known`, or drains.
    pub(crate) async fn progress(self, pulse: &mut watch::Receiver<Pulse>, known: Mark) {
        let news = |pulse: &Pulse| {
            let beyond = matches!(self, Self::Beyond(position) if pulse.position > Some(position));
            pulse.draining || beyond || pulse.accounts != known
        };
        if pulse.wait_for(news).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// When to go on without progress: at `due`, or earlier.
    pub(crate) fn or_at(self, due: Instant) -> Instant {
        if let Self::At(time) = self { due.min(time) } else { due }
    }
}

impl Delivery {
    /// Goes on after `position`.
    pub(crate) fn after(position: Seq) -> Self {
        Self { position, backoff: Backoff::default(), resting_until: None }
    }

    /// Sends what lies next, one batch at most: the caller has other things to look at in between.
    pub(crate) async fn go_on<O: Outlet>(
        &mut self,
        hub: &Hub,
        actor: &Actor,
        wanted: &Subscriptions,
        outlet: &mut O,
    ) -> Result<Next, O::Ending> {
        if let Some(until) = self.resting_until.filter(|until| *until > Instant::now()) {
            return Ok(Next::At(until));
        }
        self.resting_until = None;
        match hub.after(self.position) {
            Recent::Reached => {}
            Recent::Batch(batch) => self.send(&batch, actor, wanted, outlet).await?,
            Recent::Earlier => self.replay(hub, actor, wanted, outlet).await?,
        }
        Ok(self.resting_until.map_or(Next::Beyond(self.position), Next::At))
    }

    /// Sends what is wanted of `batch` after the position, and moves on to its end.
    async fn send<O: Outlet>(
        &mut self,
        batch: &Batch,
        actor: &Actor,
        wanted: &Subscriptions,
        outlet: &mut O,
    ) -> Result<(), O::Ending> {
        let position = self.position;
        for run in batch.runs(|event| event.seq > position && wanted.want(event, actor)) {
            outlet.events(batch, run).await?;
        }
        self.position = batch.events().last().map_or(position, |live| live.event.seq);
        Ok(())
    }

    async fn next_page(&self, hub: &Hub) -> Result<Page, StoreError> {
        let events = hub.log().read(self.position, PAGE).await?;
        if events.first().is_some_and(|first| first.seq == self.position.next()) {
            return Ok(Page::Events(events));
        }
        let bounds = hub.log().bounds().await?;
        Ok(if bounds.reach_back_to(self.position) { Page::NotYet } else { Page::Gone { head: bounds.head } })
    }

    async fn replay<O: Outlet>(
        &mut self,
        hub: &Hub,
        actor: &Actor,
        wanted: &Subscriptions,
        outlet: &mut O,
    ) -> Result<(), O::Ending> {
        match self.next_page(hub).await {
            Ok(Page::Events(events)) => {
                self.backoff.reset();
                let batch: Batch = events.into_iter().collect();
                self.send(&batch, actor, wanted, outlet).await?;
            }
            Ok(Page::Gone { head }) => {
                self.backoff.reset();
                self.position = head;
                outlet.resync(head, "the log no longer holds what comes next").await?;
            }
            Ok(Page::NotYet) => self.rest(),
            Err(error) => {
                tracing::debug!(error = causes(&error), "the log could not be read for a connection");
                self.rest();
            }
        }
        Ok(())
    }

    fn rest(&mut self) {
        self.resting_until = Some(Instant::now() + self.backoff.after_failure());
    }
}

/// What the store answered about the events after a position.
enum Page {
    /// They are these, and maybe more.
    Events(Vec<LoggedEvent>),
    /// The store shows less than the hub has seen.
    NotYet,
    /// The next ones are no longer held.
    Gone { head: Seq },
}
