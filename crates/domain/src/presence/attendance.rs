//! The presence of one connection.

use std::sync::Arc;

use thiserror::Error;

use super::{Place, PresenceService};
use crate::identity::UserId;

/// How many records one connection may view at a time.
pub const MOST_VIEWS: usize = 32;

/// A connection views as many records as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a connection may view {MOST_VIEWS} records at a time")]
pub struct TooManyViews;

/// A connection's presence: its user is there, and views what the connection views, until this value goes.
pub struct Attendance {
    presence: Arc<PresenceService>,
    user: UserId,
    views: Vec<Place>,
}

impl Attendance {
    pub(super) fn new(presence: Arc<PresenceService>, user: UserId) -> Self {
        Self { presence, user, views: Vec::new() }
    }

    /// What the connection views.
    #[must_use]
    pub fn viewed(&self) -> &[Place] {
        &self.views
    }

    /// Whether the connection views `place`.
    #[must_use]
    pub fn views(&self, place: Place) -> bool {
        self.views.contains(&place)
    }

    /// The connection views `place` from now on, once however often it says so. The caller must be allowed to read
    /// the record.
    ///
    /// # Errors
    /// [`TooManyViews`] where it views 32 others.
    pub fn view(&mut self, place: Place) -> Result<(), TooManyViews> {
        if self.views(place) {
            return Ok(());
        }
        if self.views.len() == MOST_VIEWS {
            return Err(TooManyViews);
        }
        self.presence.view(place, self.user);
        self.views.push(place);
        Ok(())
    }

    /// The connection no longer views `place`.
    pub fn unview(&mut self, place: Place) {
        if let Some(index) = self.views.iter().position(|viewed| *viewed == place) {
            self.views.swap_remove(index);
            self.presence.unview(place, self.user);
        }
    }

    /// The user has done something.
    pub fn is_active(&self) {
        self.presence.hear(self.user);
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.presence.disconnect(self.user, &self.views);
    }
}
