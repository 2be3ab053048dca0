//! Commits that wait at the same time share a transaction.
//!
//! A transaction of its own costs each change the way to the server and back for every statement, and a sync. So a few
//! threads take whatever waits into one transaction: states one after the other, events last and in one statement.
//! That is done in hope: where anything in it fails, or a record is locked elsewhere, it is all undone, and each change
//! goes back to where it came from, to be committed alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::SyncSender;

use diesel::connection::{Connection, SimpleConnection};
use diesel::r2d2::R2D2Connection;
use showrunner_domain::ChangeSet;

use super::gather::Gather;
use super::queries::commit;
use super::{Conn, connect};
use crate::failure::Failure;

/// How many transactions run beside each other: while one waits for its sync, the next one fills.
const THREADS: usize = 2;
/// How many change sets share a transaction at most.
const BATCH: usize = 64;
/// Nobody waits long for what only others need: records that another transaction has locked, among them those of a
/// batch that has locked them in another order.
const SETTINGS: &str = "set lock_timeout = '50ms'";

/// What became of a change set.
pub(super) enum Outcome {
    /// It is in the store, durably.
    Committed,
    /// Nothing was written: it is to be committed alone.
    Alone(ChangeSet),
    /// The connection broke when all was written: whether it is in the store cannot be known.
    Unknown(Failure),
}

/// Commits change sets on the server at `url`. Each commit is followed by a `nudge`.
pub(super) fn start(url: &str, nudge: &SyncSender<()>) -> Result<Gather<ChangeSet, Outcome>, Failure> {
    let worker = || {
        let (url, nudge) = (url.to_owned(), nudge.clone());
        move || {
            let mut conn = connect(&url).ok();
            move |sets: Vec<ChangeSet>| {
                let done = together(&mut conn, &url, &sets);
                let _ = nudge.try_send(());
                let outcome = |set| match &done {
                    Ok(true) => Outcome::Committed,
                    Ok(false) => Outcome::Alone(set),
                    Err(reason) => Outcome::Unknown(Failure::connection(reason.as_str())),
                };
                sets.into_iter().map(outcome).collect()
            }
        }
    };
    Gather::start("store-committer", BATCH, (0..THREADS).map(|_| worker()).collect())
}

/// Whether the sets are in the store; an error where that cannot be known.
fn together(conn: &mut Option<Conn>, url: &str, sets: &[ChangeSet]) -> Result<bool, String> {
    let Some(mut open) = conn.take().or_else(|| connect(url).ok()) else { return Ok(false) };
    let mut written = false;
    let transaction = || {
        open.transaction(|conn| {
            commit(conn, sets)?;
            written = true;
            Ok::<_, Failure>(())
        })
    };
    let result = catch_unwind(AssertUnwindSafe(transaction));
    match result {
        Ok(Ok(())) => {
            *conn = Some(open);
            Ok(true)
        }
        Ok(Err(failure)) if written => Err(failure.to_string()),
        Ok(Err(_)) => {
            *conn = open.ping().is_ok().then_some(open);
            Ok(false)
        }
        // Nobody knows in what state the panic has left the connection.
        Err(_) => Ok(false),
    }
}

fn connect(url: &str) -> Result<Conn, Failure> {
    let mut conn = connect::working(url)?;
    conn.batch_execute(SETTINGS)?;
    Ok(conn)
}
