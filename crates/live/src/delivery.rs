//! Going on in the log, for every kind of connection: from the ring where it reaches back, from the store where it
//! does not.

use std::ops::Range;

use showrunner_domain::StoreError;
use showrunner_domain::event::{CannotResume, Seq};
use showrunner_domain::identity::Actor;
use showrunner_web::causes;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::hub::{Backoff, Batch, Hub, Mark, Page, Pulse, Recent};
use crate::subscriptions::Subscriptions;

/// A kind of connection: how events go out, and why that may end it.
pub(crate) trait Outlet {
    type Ending;

    /// Waits until the client has taken everything that was sent.
    async fn emptied(&mut self) -> Result<(), Self::Ending>;

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
            Recent::Batch(batch) => {
                self.send(&batch, actor, wanted, outlet).await?;
            }
            Recent::Earlier => self.replay(hub, actor, wanted, outlet).await?,
        }
        Ok(self.resting_until.map_or(Next::Beyond(self.position), Next::At))
    }

    /// Sends what is wanted of `batch` after the position, and moves on to its end; answers whether that was anything.
    async fn send<O: Outlet>(
        &mut self,
        batch: &Batch,
        actor: &Actor,
        wanted: &Subscriptions,
        outlet: &mut O,
    ) -> Result<bool, O::Ending> {
        let position = self.position;
        let runs = batch.runs(|event| event.seq > position && wanted.want(event, actor));
        let any = !runs.is_empty();
        for run in runs {
            outlet.events(batch, run).await?;
        }
        self.position = batch.events().last().map_or(position, |live| live.event.seq);
        Ok(any)
    }

    /// What the store says about the events after the position. A page that does not follow on the position is sent only
    /// where the log says that nothing was missed.
    async fn next_step(&self, hub: &Hub) -> Result<Step, StoreError> {
        let page = hub.page(self.position).await?;
        if let Page::Events(batch) = &page
            && batch.events().first().is_some_and(|first| first.event.seq == self.position.next())
        {
            return Ok(Step::Send(batch.clone()));
        }
        let history = hub.log().history(self.position).await?;
        Ok(match (history.verify(self.position.into()), page) {
            (Err(reason), _) => Step::Resync { head: history.bounds.head, reason },
            (Ok(()), Page::Events(batch)) => Step::Send(batch),
            (Ok(()), Page::Empty(scanned)) if scanned > self.position => Step::PassOver(scanned),
            (Ok(()), Page::Empty(_)) => Step::NotYet,
        })
    }

    async fn replay<O: Outlet>(
        &mut self,
        hub: &Hub,
        actor: &Actor,
        wanted: &Subscriptions,
        outlet: &mut O,
    ) -> Result<(), O::Ending> {
        // A connection that is behind holds one page at a time.
        outlet.emptied().await?;
        let begun = Instant::now();
        match self.next_step(hub).await {
            Ok(Step::Send(batch)) => {
                self.backoff.reset();
                if !self.send(&batch, actor, wanted, outlet).await? {
                    // A log in which nothing is wanted is scanned half of the time: others read the store too.
                    self.resting_until = Some(Instant::now() + begun.elapsed());
                }
            }
            Ok(Step::PassOver(to)) => {
                self.backoff.reset();
                self.position = to;
            }
            Ok(Step::Resync { head, reason }) => {
                self.backoff.reset();
                self.position = head;
                let reason = match reason {
                    CannotResume::Lost => "the log was restored from a backup that does not hold what was sent",
                    _ => "the log no longer holds what comes next",
                };
                outlet.resync(head, reason).await?;
            }
            Ok(Step::NotYet) => self.rest(),
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

/// What follows from what the store says about the events after a position.
enum Step {
    /// They are these, and maybe more.
    Send(Batch),
    /// No event will ever be found up to this place.
    PassOver(Seq),
    /// The store shows less than the hub has seen.
    NotYet,
    /// What follows on the position is not in this log.
    Resync { head: Seq, reason: CannotResume },
}
