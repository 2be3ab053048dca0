//! What a node has open towards its database: a pool, the threads that share transactions and statements, and the
//! sequencer. All of it is given up together where one connection is silent, and another link takes its place.

use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use diesel::Connection;
use showrunner_domain::episode::{Episode, EpisodeId};
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{Claim, Job};
use showrunner_domain::{ChangeSet, Timestamp};

use super::committer::{self, Ask, Outcome};
use super::connector::Connector;
use super::finder::{self, Alone, Found};
use super::gather::Gather;
use super::queries::{Lane, Readers, commit, find_episode};
use super::{Conn, connect, numberer};
use crate::bell::Bell;
use crate::failure::Failure;
use crate::head::Head;

/// A set of more changes than this would keep others waiting that share its transaction.
const SHARED: usize = 8;

pub(super) struct Link {
    connector: Arc<Connector>,
    pool: Readers,
    committer: Gather<Ask, Outcome>,
    finder: Gather<EpisodeId, Found>,
    nudge: SyncSender<()>,
    bell: Bell,
}

impl Link {
    /// Opens a link; where `wait` says so, not before a first connection stands.
    pub(super) fn open(url: &str, head: &Head, bell: &Bell, wait: bool) -> Result<Self, Failure> {
        let connector = Connector::new(url);
        // One waiting nudge is enough: it is answered by numbering everything.
        let (nudge, nudges) = sync_channel(1);
        let pool = Readers::new(connect::pool(&connector, wait)?);
        let (committer, finder) = (committer::start(&connector, &nudge, bell)?, finder::start(&connector)?);
        numberer::start(connector.clone(), nudges, head.clone(), bell.clone())?;
        Ok(Self { connector, pool, committer, finder, nudge, bell: bell.clone() })
    }

    /// The connections beneath.
    pub(super) const fn connector(&self) -> &Arc<Connector> {
        &self.connector
    }

    /// Runs `work` on a connection of the pool.
    pub(super) async fn read<T, F>(&self, lane: Lane, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.connector.unless_lost(self.pool.run(lane, work)).await
    }

    /// Runs `work`, which may look at any number of rows, when it is the turn of `asker`.
    pub(super) async fn scan<T, F>(&self, asker: Option<UserId>, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.connector.unless_lost(self.pool.scan(asker, work)).await
    }

    /// Runs `work` in a transaction.
    pub(super) async fn write<T, F>(&self, lane: Lane, mut work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        let connector = self.connector.clone();
        let transaction = move |conn: &mut Conn| {
            conn.transaction(|conn| {
                let written = work(conn)?;
                connector.still_counts()?;
                Ok(written)
            })
        };
        let result = self.read(lane, transaction).await;
        let _ = self.nudge.try_send(());
        result
    }

    /// Looks an episode up, with others that are looked up at the same time where that is possible.
    pub(super) async fn find_episode(&self, id: EpisodeId) -> Result<Option<Episode>, Failure> {
        match self.connector.unless_lost(self.finder.ask(id)).await? {
            Ok(episode) => Ok(episode),
            Err(Alone) => self.read(Lane::Requests, move |conn| find_episode(conn, id)).await,
        }
    }

    /// Commits `set`, with others that wait where that is possible.
    pub(super) async fn commit(&self, set: ChangeSet) -> Result<(), Failure> {
        let is_large = set.changes().len() > SHARED;
        let ask = Ask::Commit(set);
        let outcome = if is_large { Outcome::Alone(ask) } else { self.ask(ask).await? };
        self.settled(outcome).await.map(drop)
    }

    /// Hands jobs out, with others that wait where that is possible.
    pub(super) async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Vec<Job>, Failure> {
        let outcome = self.ask(Ask::Claim(claim, now)).await?;
        self.settled(outcome).await
    }

    async fn ask(&self, ask: Ask) -> Result<Outcome, Failure> {
        self.connector.unless_lost(self.committer.ask(ask)).await
    }

    /// What came of it, where that is known, and otherwise of doing it alone.
    async fn settled(&self, outcome: Outcome) -> Result<Vec<Job>, Failure> {
        match outcome {
            Outcome::Done(jobs) => Ok(jobs),
            Outcome::Unknown(failure) => Err(failure),
            Outcome::Alone(Ask::Commit(set)) => {
                let queues_jobs = set.queues_jobs();
                self.write(Lane::Requests, move |conn| commit(conn, &[&set], &[]).map(drop)).await?;
                if queues_jobs {
                    self.bell.ring();
                }
                Ok(Vec::new())
            }
            Outcome::Alone(Ask::Claim(claim, now)) => {
                let jobs = self.write(Lane::Requests, move |conn| commit(conn, &[], &[(&claim, now)])).await?;
                Ok(jobs.into_iter().flatten().collect())
            }
        }
    }
}
