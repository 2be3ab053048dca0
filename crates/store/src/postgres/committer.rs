//! Changes and claims that wait at the same time share a transaction.
//!
//! A transaction of its own costs each change the way to the server and back for every statement, and a sync. So a few
//! threads take whatever waits into one transaction: states first, then claims of jobs, events last and in one statement.
//! That is done in hope: where anything in it fails, or a record is locked elsewhere, it is all undone, and each
//! goes back to where it came from, to be done alone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use diesel::connection::{Connection, SimpleConnection};
use diesel::r2d2::R2D2Connection;
use showrunner_domain::job::{Claim, Job};
use showrunner_domain::{ChangeSet, Timestamp};

use super::Conn;
use super::connector::Connector;
use super::gather::Gather;
use super::queries::commit;
use crate::bell::Bell;
use crate::failure::Failure;

/// How many transactions run beside each other: while one waits for its sync, the next one fills.
const THREADS: usize = 2;
/// How many share a transaction at most.
const BATCH: usize = 64;
/// Nobody waits long for what only others need: records that another transaction has locked, among them those of a
/// batch that has locked them in another order. Everything here finds rows by an index; a plan that was made while a table was
/// empty, and is kept, must do so too.
const SETTINGS: &str = "set lock_timeout = '50ms'; set plan_cache_mode = force_generic_plan; set enable_seqscan = off; \
                        set enable_bitmapscan = off; set enable_hashjoin = off; set enable_mergejoin = off";

/// What is to be done.
pub(super) enum Ask {
    /// Commit these changes.
    Commit(ChangeSet),
    /// Hand jobs out; so late it is by the clock of who asks.
    Claim(Claim, Timestamp),
}

impl Ask {
    const fn set(&self) -> Option<&ChangeSet> {
        match self {
            Self::Commit(set) => Some(set),
            Self::Claim(..) => None,
        }
    }
}

/// What became of it.
pub(super) enum Outcome {
    /// It is in the store, durably. A claim got these jobs.
    Done(Vec<Job>),
    /// Nothing was written: it is to be done alone.
    Alone(Ask),
    /// The connection broke when all was written: whether it is in the store cannot be known.
    Unknown(Failure),
}

/// Does what is asked for on connections of `connector`. Each commit is followed by a `nudge`.
pub(super) fn start(
    connector: &Arc<Connector>,
    nudge: &SyncSender<()>,
    bell: &Bell,
) -> Result<Gather<Ask, Outcome>, Failure> {
    let worker = || {
        let (connector, nudge, bell) = (connector.clone(), nudge.clone(), bell.clone());
        move || {
            let mut conn = connect(&connector).ok();
            move |asks: Vec<Ask>| match together(&mut conn, &connector, &asks) {
                Ok(Some(jobs)) => {
                    let mut sets = asks.iter().filter_map(Ask::set);
                    if sets.clone().any(ChangeSet::queues_jobs) {
                        bell.ring();
                    }
                    if sets.next().is_some() || jobs.iter().any(|jobs| !jobs.is_empty()) {
                        let _ = nudge.try_send(());
                    }
                    jobs.into_iter().map(Outcome::Done).collect()
                }
                Ok(None) => asks.into_iter().map(Outcome::Alone).collect(),
                Err(reason) => {
                    let _ = nudge.try_send(());
                    asks.iter().map(|_| Outcome::Unknown(Failure::connection(reason.as_str()))).collect()
                }
            }
        }
    };
    Gather::start("store-committer", BATCH, (0..THREADS).map(|_| worker()).collect())
}

/// What is in the store now, or nothing; an error where that cannot be known.
fn together(conn: &mut Option<Conn>, connector: &Connector, asks: &[Ask]) -> Result<Option<Vec<Vec<Job>>>, String> {
    let Some(mut open) = conn.take().or_else(|| connect(connector).ok()) else { return Ok(None) };
    let mut all_written = false;
    let transaction = || {
        open.transaction(|conn| {
            let written = write(conn, asks)?;
            connector.still_counts()?;
            all_written = true;
            Ok::<_, Failure>(written)
        })
    };
    let result = catch_unwind(AssertUnwindSafe(transaction));
    match result {
        Ok(Ok(written)) => {
            *conn = Some(open);
            Ok(Some(written))
        }
        Ok(Err(failure)) if all_written => Err(failure.to_string()),
        Ok(Err(_)) => {
            *conn = open.ping().is_ok().then_some(open);
            Ok(None)
        }
        // Nobody knows in what state the panic has left the connection.
        Err(_) => Ok(None),
    }
}

/// Does it all; each who asked gets jobs, or none.
fn write(conn: &mut Conn, asks: &[Ask]) -> Result<Vec<Vec<Job>>, Failure> {
    let (mut sets, mut claims, mut claimants) = (Vec::new(), Vec::new(), Vec::new());
    for (place, ask) in asks.iter().enumerate() {
        match ask {
            Ask::Commit(set) => sets.push(set),
            Ask::Claim(claim, now) => {
                claims.push((claim, *now));
                claimants.push(place);
            }
        }
    }
    let mut jobs = vec![Vec::new(); asks.len()];
    for (place, got) in claimants.into_iter().zip(commit(conn, &sets, &claims)?) {
        jobs[place] = got;
    }
    Ok(jobs)
}

fn connect(connector: &Connector) -> Result<Conn, Failure> {
    let mut conn = connector.connect()?;
    conn.batch_execute(SETTINGS)?;
    Ok(conn)
}
