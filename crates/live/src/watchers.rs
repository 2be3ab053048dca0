//! Who is to be told of what has no place in the log: presence, and how far jobs are.
//!
//! It is told as it happens and not replayed. All that waits for a connection is the latest of each record that it watches,
//! so one that reads slowly misses what is out of date anyway.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytestring::ByteString;
use showrunner_domain::episode::EpisodeService;
use showrunner_domain::event::Origin;
use showrunner_domain::identity::{Action, Actor, Caller, permit_within};
use showrunner_domain::job::JobProgress;
use showrunner_domain::presence::{Place, PresenceService};
use showrunner_domain::show::ShowId;
use showrunner_domain::{ResourceKind, ServiceError};
use tokio::sync::Notify;

use crate::matter::Matter;
use crate::socket::{presence_frame, progress_frame};

/// For each so many viewers a record rests one round longer, so that a crowd does not drown in news of itself.
const VIEWERS_A_ROUND: usize = 100;

/// The connections of this process that watch records.
pub struct Watchers {
    presence: Arc<PresenceService>,
    episodes: Arc<EpisodeService>,
    /// Locked for moments only, never across an `await`.
    watched: Mutex<HashMap<Matter, Watched>>,
}

/// Something that is watched.
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
            if let Some(watched) = watched.get_mut(&Matter::Viewers(*place)) {
                watched.has_news = true;
            }
        }
        for (matter, watched) in watched.iter_mut() {
            let Matter::Viewers(place) = *matter else { continue };
            watched.rest = watched.rest.saturating_sub(1);
            if watched.rest > 0 || !std::mem::take(&mut watched.has_news) {
                continue;
            }
            let now = self.presence.viewers(place);
            watched.rest = 1 + now.viewers.len() / VIEWERS_A_ROUND;
            let frame = presence_frame(place, &now);
            for mailbox in &watched.mailboxes {
                mailbox.put(*matter, None, frame.clone());
            }
        }
    }

    /// Whether anybody watches how far jobs are.
    pub fn follow_jobs(&self) -> bool {
        self.watched().keys().any(|matter| matches!(matter, Matter::Job(_) | Matter::Jobs))
    }

    /// Jobs have come so far: tells those who watch them.
    pub fn tell_progress(&self, jobs: &[JobProgress]) {
        let watched = self.watched();
        for job in jobs {
            let matter = Matter::Job(job.job_id);
            let there = [matter, Matter::Jobs].map(|watching| watched.get(&watching));
            let mailboxes = there.iter().flatten().flat_map(|watched| &watched.mailboxes);
            let mut frame = None;
            for mailbox in mailboxes {
                let frame = frame.get_or_insert_with(|| progress_frame(job)).clone();
                mailbox.put(matter, job.show_id, frame);
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

    fn watched(&self) -> MutexGuard<'_, HashMap<Matter, Watched>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The latest of each record, until the connection takes it.
#[derive(Default)]
struct Mailbox {
    frames: Mutex<Vec<Letter>>,
    filled: Notify,
}

/// How many records' latest wait for a connection, at most. What comes to more is not told.
const LETTERS: usize = 1_000;

/// The latest of one record.
struct Letter {
    matter: Matter,
    show: Option<ShowId>,
    frame: ByteString,
}

impl Mailbox {
    fn put(&self, matter: Matter, show: Option<ShowId>, frame: ByteString) {
        let mut frames = self.frames();
        let is_full = frames.len() >= LETTERS;
        match frames.iter_mut().find(|waiting| waiting.matter == matter) {
            Some(waiting) => waiting.frame = frame,
            None if is_full => {}
            None => frames.push(Letter { matter, show, frame }),
        }
        drop(frames);
        self.filled.notify_one();
    }

    fn frames(&self) -> MutexGuard<'_, Vec<Letter>> {
        self.frames.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one connection watches. It watches nothing any more when this value goes.
pub(crate) struct Watch {
    watchers: Arc<Watchers>,
    /// A list and no set: it is short.
    matters: Vec<Matter>,
    /// Made when something is watched first: most connections watch nothing.
    mailbox: Option<Arc<Mailbox>>,
}

impl Watch {
    pub(crate) fn new(watchers: Arc<Watchers>) -> Self {
        Self { watchers, matters: Vec::new(), mailbox: None }
    }

    /// Watches these matters from now on, each once, and no others.
    pub(crate) fn follow(&mut self, mut matters: Vec<Matter>) {
        matters.sort_unstable();
        matters.dedup();
        let every_job = matters.contains(&Matter::Jobs);
        // Whoever watches every job is told of each once.
        matters.retain(|matter| !every_job || !matches!(matter, Matter::Job(_)));
        if matters == self.matters {
            return;
        }
        let mailbox = self.mailbox.get_or_insert_default();
        let mut watched = self.watchers.watched();
        for matter in self.matters.iter().filter(|matter| matters.binary_search(matter).is_err()) {
            leave(&mut watched, *matter, mailbox);
        }
        for matter in matters.iter().filter(|matter| self.matters.binary_search(matter).is_err()) {
            watched.entry(*matter).or_default().mailboxes.push(Arc::clone(mailbox));
        }
        drop(watched);
        let still =
            |matter: Matter| matters.binary_search(&matter).is_ok() || (every_job && matches!(matter, Matter::Job(_)));
        mailbox.frames().retain(|waiting| still(waiting.matter));
        self.matters = matters;
    }

    /// Takes what waits, but for what `actor` may not know.
    pub(crate) fn take(&self, actor: &Actor) -> Vec<ByteString> {
        let Some(mailbox) = &self.mailbox else { return Vec::new() };
        let letters = std::mem::take(&mut *mailbox.frames());
        letters.into_iter().filter(|letter| letter.is_for(actor)).map(|letter| letter.frame).collect()
    }

    /// Waits until something may wait.
    pub(crate) async fn filled(&self) {
        match &self.mailbox {
            Some(mailbox) => mailbox.filled.notified().await,
            None => std::future::pending().await,
        }
    }
}

impl Letter {
    fn is_for(&self, actor: &Actor) -> bool {
        let kind = match self.matter {
            Matter::Viewers(_) => ResourceKind::Presence,
            Matter::Job(_) | Matter::Jobs => ResourceKind::Job,
        };
        permit_within(actor, Action::Read, kind, self.show).is_ok()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(mailbox) = &self.mailbox else { return };
        let mut watched = self.watchers.watched();
        for matter in &self.matters {
            leave(&mut watched, *matter, mailbox);
        }
    }
}

fn leave(watched: &mut HashMap<Matter, Watched>, matter: Matter, mailbox: &Arc<Mailbox>) {
    let Some(there) = watched.get_mut(&matter) else { return };
    there.mailboxes.retain(|other| !Arc::ptr_eq(other, mailbox));
    if there.mailboxes.is_empty() {
        watched.remove(&matter);
    }
}
