//! How this store runs work: reads and writes in one pool, each write a transaction, and changes many in one.

use std::sync::mpsc::{SyncSender, sync_channel};

use diesel::Connection;
use showrunner_domain::episode::{Episode, EpisodeId};
use showrunner_domain::job::{Claim, Job};
use showrunner_domain::{ChangeSet, Timestamp};
use tokio::sync::watch;

use super::committer::{self, Ask, Outcome};
use super::finder::{self, Alone, Found};
use super::gather::Gather;
use super::queries::{Readers, commit, find_episode};
use super::{Conn, connect, numberer};
use crate::bell::Bell;
use crate::failure::Failure;
use crate::head::Head;

/// A set of more changes than this would keep others waiting that share its transaction.
const SHARED: usize = 8;

pub(super) struct Engine {
    pool: Readers,
    committer: Gather<Ask, Outcome>,
    finder: Gather<EpisodeId, Found>,
    nudge: SyncSender<()>,
    head: Head,
    bell: Bell,
}

impl Engine {
    pub(super) fn start(url: &str) -> Result<Self, Failure> {
        let (head, bell) = (Head::new(), Bell::new());
        // One waiting nudge is enough: it is answered by numbering everything.
        let (nudge, nudges) = sync_channel(1);
        let pool = Readers::new(connect::pool(url)?);
        let (committer, finder) = (committer::start(url, &nudge, &bell)?, finder::start(url)?);
        numberer::start(url.to_owned(), nudges, head.clone(), bell.clone())?;
        Ok(Self { pool, committer, finder, nudge, head, bell })
    }

    pub(super) const fn readers(&self) -> &Readers {
        &self.pool
    }

    /// Runs `work`. However short it is, it waits for the server: never on the thread that asks.
    pub(super) async fn read_briefly<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.pool.run(work).await
    }

    pub(super) async fn write<T, F>(&self, mut work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        let result = self.pool.run(move |conn| conn.transaction(|conn| work(conn))).await;
        let _ = self.nudge.try_send(());
        result
    }

    /// Looks an episode up, with others that are looked up at the same time where that is possible.
    pub(super) async fn find_episode(&self, id: EpisodeId) -> Result<Option<Episode>, Failure> {
        match self.finder.ask(id).await? {
            Ok(episode) => Ok(episode),
            Err(Alone) => self.pool.run(move |conn| find_episode(conn, id)).await,
        }
    }

    /// Commits `set`, with others that wait where that is possible.
    pub(super) async fn commit(&self, set: ChangeSet) -> Result<(), Failure> {
        let is_large = set.changes().len() > SHARED;
        let ask = Ask::Commit(set);
        let outcome = if is_large { Outcome::Alone(ask) } else { self.committer.ask(ask).await? };
        self.settled(outcome).await.map(drop)
    }

    /// Hands jobs out, with others that wait where that is possible.
    pub(super) async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Vec<Job>, Failure> {
        let outcome = self.committer.ask(Ask::Claim(claim, now)).await?;
        self.settled(outcome).await
    }

    /// What came of it, where that is known, and otherwise of doing it alone.
    async fn settled(&self, outcome: Outcome) -> Result<Vec<Job>, Failure> {
        match outcome {
            Outcome::Done(jobs) => Ok(jobs),
            Outcome::Unknown(failure) => Err(failure),
            Outcome::Alone(Ask::Commit(set)) => {
                let queues_jobs = set.queues_jobs();
                self.write(move |conn| commit(conn, &[&set], &[]).map(drop)).await?;
                if queues_jobs {
                    self.bell.ring();
                }
                Ok(Vec::new())
            }
            Outcome::Alone(Ask::Claim(claim, now)) => {
                let jobs = self.write(move |conn| commit(conn, &[], &[(&claim, now)])).await?;
                Ok(jobs.into_iter().flatten().collect())
            }
        }
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
