//! How this store runs work: short reads at once, other reads in a pool, writes in the one writer.

use std::path::Path;

use showrunner_domain::episode::{Episode, EpisodeId};
use showrunner_domain::identity::UserId;
use showrunner_domain::job::{Claim, Job};
use showrunner_domain::{ChangeSet, Timestamp};
use tokio::sync::watch;

use super::desk::Desk;
use super::jobs::is_any_due;
use super::queries::{Lane, Readers, commit, find_episode};
use super::writer::Writer;
use super::{Conn, connect, pulse};
use crate::bell::Bell;
use crate::failure::Failure;
use crate::head::Head;

pub(super) struct Engine {
    desk: Desk,
    readers: Readers,
    writer: Writer,
    head: Head,
    bell: Bell,
    /// Keeps the pulse beating while nobody else follows.
    _follower: watch::Receiver<i64>,
}

impl Engine {
    pub(super) fn start(path: &Path) -> Result<Self, Failure> {
        let (head, bell) = (Head::new(), Bell::new());
        let follower = head.follow();
        let writer = Writer::start(connect::writing(path)?, head.clone())?;
        pulse::start(path, head.clone(), bell.clone())?;
        let (desk, readers) = (Desk::open(path)?, Readers::new(connect::reading_pool(path)?));
        Ok(Self { desk, readers, writer, head, bell, _follower: follower })
    }

    /// Runs `work` on a connection of the pool.
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.run(Lane::Requests, work).await
    }

    /// Runs `work` of the system.
    pub(super) async fn attend<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.run(Lane::System, work).await
    }

    /// Runs `work`, which may look at any number of rows, when it is the turn of `asker`.
    pub(super) async fn scan<T, F>(&self, asker: Option<UserId>, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.scan(asker, work).await
    }

    /// Runs `work`, which an index bounds to one page at most, without the way to another thread where that is possible.
    pub(super) async fn read_briefly<T, F>(&self, lane: Lane, mut work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        match self.desk.run(&mut work) {
            Some(result) => result,
            None => self.readers.run(lane, work).await,
        }
    }

    /// Runs `work` in a transaction. The one writer takes what waits, whomever it is for.
    pub(super) async fn write<T, F>(&self, _lane: Lane, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// Looks an episode up.
    pub(super) async fn find_episode(&self, id: EpisodeId) -> Result<Option<Episode>, Failure> {
        self.read_briefly(Lane::Requests, move |conn| find_episode(conn, id)).await
    }

    /// Commits `set`, together with whatever else the writer has to do.
    pub(super) async fn commit(&self, set: ChangeSet) -> Result<(), Failure> {
        let queues_jobs = set.queues_jobs();
        self.write(Lane::Requests, move |conn| commit(conn, &[&set], &[]).map(drop)).await?;
        if queues_jobs {
            self.bell.ring();
        }
        Ok(())
    }

    /// Hands jobs out where a look shows that there may be some: it costs less than the writer's time.
    pub(super) async fn claim(&self, claim: Claim, now: Timestamp) -> Result<Vec<Job>, Failure> {
        let (types, whose) = (claim.job_types.clone(), claim.whose);
        if !self.read_briefly(Lane::Requests, move |conn| is_any_due(conn, &types, whose, now)).await? {
            return Ok(Vec::new());
        }
        let jobs = self.write(Lane::Requests, move |conn| commit(conn, &[], &[(&claim, now)])).await?;
        Ok(jobs.into_iter().flatten().collect())
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
