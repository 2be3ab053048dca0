//! The one thread that writes.
//!
//! It takes every waiting job into one transaction, each in a savepoint of its own, and answers them after the one
//! commit: many commits for one fsync. A statement may roll the whole transaction back under our feet (a full disk, an
//! I/O error, a trigger that says so). Then nobody has been answered yet, and the jobs run again one by one, each in a
//! transaction of its own: only the one that breaks its own transaction fails.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
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

    /// Runs `work` in a transaction and answers when its effects are durable, or that it had none.
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
    if batch.len() > 1 && together(conn, &mut batch, head).is_ok() {
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

/// Runs the jobs in one transaction. An error means that none of them has had any effect.
fn together(conn: &mut Conn, batch: &mut [Box<dyn Job>], head: &Head) -> Result<(), Failure> {
    begin(conn)?;
    let result = savepoints(conn, batch).and_then(|()| finish(conn, head));
    if result.is_err() {
        abandon(conn);
    }
    result
}

fn savepoints(conn: &mut Conn, batch: &mut [Box<dyn Job>]) -> Result<(), Failure> {
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
