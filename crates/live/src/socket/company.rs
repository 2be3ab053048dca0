//! A connection's share of presence: that its user is there, what it views, and whom it is told of.

use std::sync::Arc;

use bytestring::ByteString;
use showrunner_domain::identity::Actor;
use showrunner_domain::presence::{Attendance, Place, TooManyViews};
use showrunner_domain::{ResourceKind, ServiceError};

use super::server_frame::{ErrorCode, Refusal};
use crate::matter::Matter;
use crate::subscriptions::Subscriptions;
use crate::watchers::{Watch, Watchers};

/// A connection's share of presence, from its first token on. In a box, for a connection that waits for its token has
/// none; nothing of it stays when it goes.
pub(super) struct Company(Option<Box<Share>>);

struct Share {
    attendance: Attendance,
    watch: Watch,
}

impl Company {
    /// Nobody is there yet.
    pub(super) const fn none() -> Self {
        Self(None)
    }

    /// The user is there from now on, if they were not before and take part in presence at all.
    pub(super) fn begin(&mut self, actor: &Actor, watchers: &Arc<Watchers>) {
        if self.0.is_none()
            && let Some(attendance) = watchers.presence().attend(actor)
        {
            let watch = Watch::new(Arc::clone(watchers));
            self.0 = Some(Box::new(Share { attendance, watch }));
        }
    }

    /// The user has done something.
    pub(super) fn is_active(&self) {
        if let Some(share) = &self.0 {
            share.attendance.is_active();
        }
    }

    /// Whether the connection views `place`.
    pub(super) fn views(&self, place: Place) -> bool {
        self.0.as_ref().is_some_and(|share| share.attendance.views(place))
    }

    /// The connection views `place`, which its user may read.
    pub(super) fn view(&mut self, place: Place, subscriptions: &Subscriptions) -> Result<(), Refusal> {
        let Some(share) = &mut self.0 else {
            let kind = ResourceKind::Presence;
            return Err(ServiceError::Forbidden { kind }.into());
        };
        share
            .attendance
            .view(place)
            .map_err(|error: TooManyViews| Refusal::new(ErrorCode::TooManyViews, error.to_string()))?;
        share.follow(subscriptions);
        Ok(())
    }

    /// The connection no longer views `place`.
    pub(super) fn unview(&mut self, place: Place, subscriptions: &Subscriptions) {
        if let Some(share) = &mut self.0 {
            share.attendance.unview(place);
            share.follow(subscriptions);
        }
    }

    /// The connection subscribes to other topics than before.
    pub(super) fn subscribe(&mut self, subscriptions: &Subscriptions) {
        if let Some(share) = &mut self.0 {
            share.follow(subscriptions);
        }
    }

    /// What there is to tell `actor`, if they may know.
    pub(super) fn news(&self, actor: &Actor) -> Vec<ByteString> {
        self.0.as_ref().map(|share| share.watch.take(actor)).unwrap_or_default()
    }

    /// Waits until there may be something to tell.
    pub(super) async fn has_news(&self) {
        match &self.0 {
            Some(share) => share.watch.filled().await,
            None => std::future::pending().await,
        }
    }
}

impl Share {
    /// Watches what is viewed, and what topics select.
    fn follow(&mut self, subscriptions: &Subscriptions) {
        let viewed = self.attendance.viewed().iter().copied().map(Matter::Viewers);
        self.watch.follow(viewed.chain(subscriptions.matters()).collect());
    }
}
