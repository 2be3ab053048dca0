//! How this store runs work: on one link to the database, and on another one where that has gone silent.

use std::sync::{Arc, PoisonError, RwLock, Weak};
use std::thread;
use std::time::Duration;

use showrunner_domain::episode::{Episode, EpisodeId};
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{Claim, Job};
use showrunner_domain::{ChangeSet, Timestamp};
use tokio::sync::watch;

use super::Conn;
use super::connector::Connector;
use super::link::Link;
use super::queries::Lane;
use crate::bell::Bell;
use crate::failure::Failure;
use crate::head::Head;

/// How often it is looked whether a connection is silent.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How many links may be given up whose threads still wait for their server. Most end with their sockets, a few seconds
/// later; those of a server that keeps taking bytes never do.
const MAX_ABANDONED: usize = 8;

pub(super) struct Engine {
    link: Arc<Current>,
    head: Head,
    bell: Bell,
}

type Current = RwLock<Arc<Link>>;

impl Engine {
    pub(super) fn start(url: &str) -> Result<Self, Failure> {
        let (head, bell) = (Head::new(), Bell::new());
        let link = Arc::new(RwLock::new(Arc::new(Link::open(url, &head, &bell, true)?)));
        let supervisor = Supervisor {
            url: url.to_owned(),
            link: Arc::downgrade(&link),
            abandoned: Vec::new(),
            head: head.clone(),
            bell: bell.clone(),
        };
        let thread = thread::Builder::new().name("store-supervisor".to_owned());
        thread.spawn(move || supervisor.run()).map_err(Failure::connection)?;
        Ok(Self { link, head, bell })
    }

    fn link(&self) -> Arc<Link> {
        current(&self.link)
    }

    /// Runs `work`.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.link().read(Lane::Requests, work).await
    }

    /// Runs `work` of the system.
    pub(super) async fn attend<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.link().read(Lane::System, work).await
    }

    /// Runs `work`, which may look at any number of rows, when it is the turn of `asker`.
    pub(super) async fn scan<T, F>(&self, asker: Option<UserId>, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.link().scan(asker, work).await
    }

    /// Runs `work`. However short it is, it waits for the server: never on the thread that asks.
    pub(super) async fn read_briefly<T, F>(&self, lane: Lane, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.link().read(lane, work).await
    }

    /// Runs `work` in a transaction.
    pub(super) async fn write<T, F>(&self, lane: Lane, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.link().write(lane, work).await
    }

    /// Looks an episode up, with others that are looked up at the same time where that is possible.
    pub(super) async fn find_episode(&self, id: EpisodeId) -> Result<Option<Episode>, Failure> {
        self.link().find_episode(id).await
    }

    /// Commits `set`, with others that wait where that is possible.
    pub(super) async fn commit(&self, set: ChangeSet) -> Result<(), Failure> {
        self.link().commit(set).await
    }

    /// Hands jobs out, with others that wait where that is possible.
    pub(super) async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Vec<Job>, Failure> {
        self.link().claim(claim, now).await
    }

    /// What wakes up those who wait for jobs.
    pub(super) const fn bell(&self) -> &Bell {
        &self.bell
    }

    /// Follows the head of the log, as far as this process has seen it.
    pub(super) fn head(&self) -> watch::Receiver<i64> {
        self.head.follow()
    }

    /// Notes that the log was seen to reach `head`.
    pub(super) fn saw(&self, head: i64) {
        self.head.publish(head);
    }
}

fn current(link: &Current) -> Arc<Link> {
    link.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Replaces the link where a connection of it is silent.
struct Supervisor {
    url: String,
    link: Weak<Current>,
    abandoned: Vec<Weak<Connector>>,
    head: Head,
    bell: Bell,
}

impl Supervisor {
    /// Runs until the engine goes.
    fn run(mut self) {
        while let Some(link) = self.link.upgrade() {
            let silent = current(&link);
            if silent.connector().is_silent() {
                self.replace(&link, &silent);
            }
            drop((link, silent));
            thread::sleep(LOOK_EVERY);
        }
    }

    fn replace(&mut self, link: &Current, silent: &Link) {
        self.abandoned.retain(|connector| connector.strong_count() > 0);
        if self.abandoned.len() >= MAX_ABANDONED {
            tracing::error!("the database is silent, and so are all connections that were given up: restart this node");
            return;
        }
        match Link::open(&self.url, &self.head, &self.bell, false) {
            Ok(next) => {
                *link.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
                silent.connector().give_up();
                self.abandoned.push(Arc::downgrade(silent.connector()));
                tracing::error!("the database did not answer in time: every connection is given up and made again");
            }
            Err(error) => tracing::error!(%error, "the database is silent, and no other connections can be made"),
        }
    }
}
