//! The one thread that writes.
//!
//! It takes every waiting job into one transaction and answers them after the one commit: many commits for one fsync.
//! That is done in hope. A savepoint for each job would have SQLite copy every page that the job touches, which costs
//! more than the job; so they come only where a job has failed, and the batch runs again, each job in one of its own. A
//! statement may also roll the whole transaction back under our feet (a full disk, an I/O error, a trigger that says
//! so). Then the jobs run one by one, each in a transaction of its own: only the one that breaks its own transaction
//! fails. Nobody has been answered before.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::Error as QueryError;
use tokio::sync::{mpsc, oneshot};

use super::Conn;
use crate::failure::Failure;
use crate::head::Head;
use crate::schema::log_head;

/// How many jobs share a transaction at most.
const BATCH: usize = 128;
/// How many jobs may wait; further callers wait to get in line.
const QUEUE: usize = 1_024;

/// A piece of work for the writer. It may run more than once, but only its last run counts.
trait Job: Send {
    /// Does the work and keeps its result; `true` if its effects are to stay.
    fn run(&mut self, conn: &mut Conn) -> bool;

    /// Tells the result, or that the transaction around it failed.
    fn answer(self: Box<Self>, transaction: Result<(), Failure>);
}

struct Work<T, F> {
    body: F,
    result: Option<Result<T, Failure>>,
    reply: oneshot::Sender<Result<T, Failure>>,
}

impl<T: Send, F: FnMut(&mut Conn) -> Result<T, Failure> + Send> Job for Work<T, F> {
    fn run(&mut self, conn: &mut Conn) -> bool {
        let body = &mut self.body;
        let result = catch_unwind(AssertUnwindSafe(|| body(conn))).unwrap_or(Err(Failure::Panicked));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, transaction: Result<(), Failure>) {
        let result = match (transaction, self.result) {
            (Ok(()), Some(result)) => result,
            // A job that failed by itself fails the same, whatever became of the transaction around it.
            (Err(_), Some(Err(failure))) | (Err(failure), _) => Err(failure),
            (Ok(()), None) => Err(Failure::Closed),
        };
        // Nobody waits any more where the request was dropped; its change is in the store all the same.
        let _ = self.reply.send(result);
    }
}

/// Hands jobs to the thread. The thread ends when the last writer is dropped and its queue is empty.
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    /// Starts the thread on `conn`. After each commit it publishes the head of the log.
    pub(super) fn start(conn: Conn, head: Head) -> Result<Self, Failure> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || write(conn, queue, &head))
            .map_err(Failure::connection)?;
        Ok(Self { jobs })
    }

    /// Runs `work` in a transaction and answers when its effects are durable, or that it had none. It may run more than
    /// once, and must end with the first statement that fails.
    pub(super) async fn run<T, F>(&self, work: F) -> Result<T, Failure>
    where
        T: Send + 'static,
        F: FnMut(&mut Conn) -> Result<T, Failure> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Work { body: work, result: None, reply });
        self.jobs.send(job).await.map_err(|_| Failure::Closed)?;
        answer.await.map_err(|_| Failure::Closed)?
    }
}

fn write(mut conn: Conn, mut queue: mpsc::Receiver<Box<dyn Job>>, head: &Head) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.blocking_recv_many(&mut batch, BATCH) > 0 {
        commit(&mut conn, std::mem::take(&mut batch), head);
    }
}

fn commit(conn: &mut Conn, mut batch: Vec<Box<dyn Job>>, head: &Head) {
    if batch.len() > 1 && [straight, savepoints].iter().any(|jobs| together(conn, &mut batch, head, *jobs).is_ok()) {
        for job in batch {
            job.answer(Ok(()));
        }
        return;
    }
    let mut locked = None;
    for mut job in batch {
        let outcome = match &locked {
            Some(reason) => Err(Failure::Locked(String::clone(reason))),
            None => alone(conn, job.as_mut(), head),
        };
        if let Err(Failure::Locked(reason)) = &outcome {
            locked = Some(reason.clone());
        }
        job.answer(outcome);
    }
}

/// Takes the write lock, for which it waits as long as `busy_timeout` says.
fn begin(conn: &mut Conn) -> Result<(), Failure> {
    conn.batch_execute("begin immediate").map_err(|error| Failure::Locked(error.to_string()))
}

type Batch = [Box<dyn Job>];

/// Runs the jobs in one transaction. An error means that none of them has had any effect.
fn together(
    conn: &mut Conn,
    batch: &mut Batch,
    head: &Head,
    jobs: fn(&mut Conn, &mut Batch) -> Result<(), Failure>,
) -> Result<(), Failure> {
    begin(conn)?;
    let result = jobs(conn, batch).and_then(|()| finish(conn, head));
    if result.is_err() {
        abandon(conn);
    }
    result
}

/// One job after the other, as long as none fails.
fn straight(conn: &mut Conn, batch: &mut Batch) -> Result<(), Failure> {
    let all_stay = batch.iter_mut().all(|job| job.run(conn));
    if all_stay { Ok(()) } else { Err(QueryError::RollbackTransaction.into()) }
}

/// Each job in a savepoint, so that those that fail take nothing along.
fn savepoints(conn: &mut Conn, batch: &mut Batch) -> Result<(), Failure> {
    for job in batch {
        conn.batch_execute("savepoint job")?;
        // Without the savepoint these fail: the transaction is gone, and with it the jobs before this one.
        let end = if job.run(conn) { "release job" } else { "rollback to job; release job" };
        conn.batch_execute(end)?;
    }
    Ok(())
}

fn alone(conn: &mut Conn, job: &mut dyn Job, head: &Head) -> Result<(), Failure> {
    begin(conn)?;
    if !job.run(conn) {
        abandon(conn);
        return Ok(());
    }
    finish(conn, head).inspect_err(|_| abandon(conn))
}

fn finish(conn: &mut Conn, head: &Head) -> Result<(), Failure> {
    let reached: i64 = log_head::table.select(log_head::seq).first(conn)?;
    conn.batch_execute("commit")?;
    head.publish(reached);
    Ok(())
}

/// Ends the transaction, if there still is one.
fn abandon(conn: &mut Conn) {
    let _ = conn.batch_execute("rollback");
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc as blocking;
    use std::sync::{Arc, Barrier};

    use futures_util::future::join_all;
    use tempfile::TempDir;

    use super::*;
    use crate::sqlite::{connect, file};

    type Body = fn(&mut Conn) -> Result<(), Failure>;

    fn writer() -> (TempDir, Arc<Writer>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let made = file::create(&path, |conn| {
            conn.batch_execute(
                "create table log_head (id integer, seq integer); insert into log_head values (1, 0); \
                 create table kept (n integer primary key); create table fatal (n integer); \
                 create trigger breaks before insert on fatal begin select raise(rollback, 'gone'); end;",
            )?;
            Ok(())
        });
        assert_eq!(made.unwrap(), Some(()));
        let writer = Writer::start(connect::writing(&path).unwrap(), Head::new()).unwrap();
        (folder, Arc::new(writer))
    }

    /// Holds the writer until everything that `jobs` are has got in line, so that they share a batch.
    async fn in_one_batch(writer: &Arc<Writer>, jobs: Vec<Body>) -> Vec<Option<String>> {
        let (go, wait) = blocking::channel::<()>();
        let begun = Arc::new(Barrier::new(2));
        let (holder, signal) = (writer.clone(), begun.clone());
        let first = tokio::spawn(async move {
            let mut wait = Some(wait);
            let held = holder.run(move |_| {
                if let Some(wait) = wait.take() {
                    signal.wait();
                    let _ = wait.recv();
                }
                Ok(())
            });
            held.await.unwrap();
        });
        tokio::task::spawn_blocking(move || begun.wait()).await.unwrap();
        let free = writer.jobs.capacity();
        let waiting: Vec<_> = jobs
            .iter()
            .map(|job| {
                let (writer, job) = (writer.clone(), *job);
                tokio::spawn(async move { writer.run(job).await.err().map(|failure| failure.to_string()) })
            })
            .collect();
        while writer.jobs.capacity() + jobs.len() > free {
            tokio::task::yield_now().await;
        }
        go.send(()).unwrap();
        first.await.unwrap();
        join_all(waiting).await.into_iter().map(Result::unwrap).collect()
    }

    fn keep<const N: i32>(conn: &mut Conn) -> Result<(), Failure> {
        conn.batch_execute(&format!("insert into kept values ({N})"))?;
        Ok(())
    }

    async fn kept(writer: &Writer) -> i64 {
        let count = writer.run(|conn| {
            Ok(diesel::dsl::sql::<diesel::sql_types::BigInt>("select count(*) from kept").get_result(conn)?)
        });
        count.await.unwrap()
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_job_that_fails_or_panics_takes_nothing_of_its_neighbours_along() {
        let (_folder, writer) = writer();
        let jobs: Vec<Body> = vec![
            keep::<1>,
            |conn| keep::<2>(conn).and(Err(QueryError::NotFound.into())),
            |conn| keep::<3>(conn).map(|()| panic!("on purpose")),
            keep::<4>,
        ];
        let failures = in_one_batch(&writer, jobs).await;
        assert_eq!(failures.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, true, false]);
        assert_eq!(kept(&writer).await, 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_job_that_breaks_the_transaction_fails_alone_and_the_others_count_once() {
        let (_folder, writer) = writer();
        let jobs: Vec<Body> =
            vec![keep::<1>, |conn| Ok(conn.batch_execute("insert into fatal values (1)")?), keep::<2>, keep::<3>];
        let failures = in_one_batch(&writer, jobs).await;
        assert_eq!(failures.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false, false]);
        assert!(failures[1].as_ref().is_some_and(|failure| failure.contains("gone")), "{failures:?}");
        assert_eq!(kept(&writer).await, 3);
    }
}
