//! Who is to be told of whom: presence, live.
//!
//! Presence is told apart from the log: it has no place there and is not replayed. All that waits for a connection is
//! the latest list of each record that it watches, so one that reads slowly misses what is out of date anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytestring::ByteString;
use showrunner_domain::ServiceError;
use showrunner_domain::episode::EpisodeService;
use showrunner_domain::event::Origin;
use showrunner_domain::identity::{Actor, Caller};
use showrunner_domain::presence::{Place, PresenceService};
use tokio::sync::Notify;

use crate::socket::presence_frame;

/// For each so many viewers a record rests one round longer, so that a crowd does not drown in news of itself.
const VIEWERS_A_ROUND: usize = 100;

/// The connections of this process that watch records.
pub struct Watchers {
    presence: Arc<PresenceService>,
    episodes: Arc<EpisodeService>,
    /// Locked for moments only, never across an `await`.
    watched: Mutex<HashMap<Place, Watched>>,
}

/// A record that is watched.
#[derive(Default)]
struct Watched {
    mailboxes: Vec<Arc<Mailbox>>,
    has_news: bool,
    /// How many rounds it still rests.
    rest: usize,
}

impl Watchers {
    /// Nobody watches yet. Who is where is `presence`'s to say, and who may look at an episode that of `episodes`.
    #[must_use]
    pub fn new(presence: Arc<PresenceService>, episodes: Arc<EpisodeService>) -> Self {
        Self { presence, episodes, watched: Mutex::default() }
    }

    /// Somebody has come to or gone from `places`: tells those who watch them. To be called once a round, also where
    /// nothing has happened, as rounds are what records rest for.
    pub fn tell(&self, places: &[Place]) {
        let mut watched = self.watched();
        for place in places {
            if let Some(watched) = watched.get_mut(place) {
                watched.has_news = true;
            }
        }
        for (place, watched) in watched.iter_mut() {
            watched.rest = watched.rest.saturating_sub(1);
            if watched.rest > 0 || !std::mem::take(&mut watched.has_news) {
                continue;
            }
            let now = self.presence.viewers(*place);
            watched.rest = 1 + now.viewers.len() / VIEWERS_A_ROUND;
            let frame = presence_frame(*place, &now);
            for mailbox in &watched.mailboxes {
                mailbox.put(*place, frame.clone());
            }
        }
    }

    /// Who is where.
    pub(crate) fn presence(&self) -> &Arc<PresenceService> {
        &self.presence
    }

    /// Whether `actor` may look at `place`, asked as for reading the record.
    pub(crate) async fn admit(&self, actor: Actor, place: Place) -> Result<(), ServiceError> {
        match place {
            Place::Server => Ok(()),
            Place::Episode(id) => self.episodes.get(&Caller { actor, origin: Origin::default() }, id).await.map(|_| ()),
        }
    }

    /// The frame that tells who looks at `place` now.
    pub(crate) fn frame(&self, place: Place) -> ByteString {
        presence_frame(place, &self.presence.viewers(place))
    }

    fn watched(&self) -> MutexGuard<'_, HashMap<Place, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The latest list of each record, until the connection takes it.
#[derive(Default)]
struct Mailbox {
    frames: Mutex<Vec<(Place, ByteString)>>,
    filled: Notify,
}

impl Mailbox {
    fn put(&self, place: Place, frame: ByteString) {
        let mut frames = self.frames();
        match frames.iter_mut().find(|(waiting, _)| *waiting == place) {
            Some((_, waiting)) => *waiting = frame,
            None => frames.push((place, frame)),
        }
        drop(frames);
        self.filled.notify_one();
    }

    fn frames(&self) -> MutexGuard<'_, Vec<(Place, ByteString)>> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one connection watches. It watches nothing any more when this value goes.
pub(crate) struct Watch {
    watchers: Arc<Watchers>,
    /// A list and no set: it is short.
    places: Vec<Place>,
    /// Made when the first record is watched: most connections watch none.
    mailbox: Option<Arc<Mailbox>>,
}

impl Watch {
    pub(crate) fn new(watchers: Arc<Watchers>) -> Self {
        Self { watchers, places: Vec::new(), mailbox: None }
    }

    /// Watches these places from now on, each once, and no others.
    pub(crate) fn follow(&mut self, mut places: Vec<Place>) {
        places.sort_unstable();
        places.dedup();
        if places == self.places {
            return;
        }
        let mailbox = self.mailbox.get_or_insert_default();
        let mut watched = self.watchers.watched();
        for place in self.places.iter().filter(|place| places.binary_search(place).is_err()) {
            leave(&mut watched, *place, mailbox);
        }
        for place in places.iter().filter(|place| self.places.binary_search(place).is_err()) {
            watched.entry(*place).or_default().mailboxes.push(Arc::clone(mailbox));
        }
        drop(watched);
        mailbox.frames().retain(|(place, _)| places.binary_search(place).is_ok());
        self.places = places;
    }

    /// Takes what waits.
    pub(crate) fn take(&self) -> Vec<ByteString> {
        let Some(mailbox) = &self.mailbox else { return Vec::new() };
        std::mem::take(&mut *mailbox.frames()).into_iter().map(|(_, frame)| frame).collect()
    }

    /// Waits until something may wait.
    pub(crate) async fn filled(&self) {
        match &self.mailbox {
            Some(mailbox) => mailbox.filled.notified().await,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(mailbox) = &self.mailbox else { return };
        let mut watched = self.watchers.watched();
        for place in &self.places {
            leave(&mut watched, *place, mailbox);
        }
    }
}

fn leave(watched: &mut HashMap<Place, Watched>, place: Place, mailbox: &Arc<Mailbox>) {
    let Some(there) = watched.get_mut(&place) else { return };
    there.mailboxes.retain(|other| !Arc::ptr_eq(other, mailbox));
    if there.mailboxes.is_empty() {
        watched.remove(&place);
    }
}
