//! Writing jobs, with the attempts that the changes end.

use showrunner_domain::Change;
use showrunner_domain::job::{Job, JobAttempt};
use uuid::Uuid;

use super::super::commit::all_won;
use super::super::references::{Named, hold};
use super::super::{insert_attempts, insert_jobs, update_jobs};
use super::Conn;
use crate::failure::Failure;
use crate::rows::{AttemptRow, JobRow};

/// Writes changes of jobs, one after the other where two are of one job that follow each other.
pub(in super::super) fn write_jobs(conn: &mut Conn, changes: &[&Change<Job>]) -> Result<(), Failure> {
    let alike = |one: &&Change<Job>, next: &&Change<Job>| {
        one.expected().is_none() == next.expected().is_none() && one.state().id != next.state().id
    };
    changes.chunk_by(alike).try_for_each(|some| match some {
        [new, ..] if new.expected().is_none() => insert(conn, some),
        some => update(conn, some),
    })
}

fn insert(conn: &mut Conn, changes: &[&Change<Job>]) -> Result<(), Failure> {
    let rows: Vec<JobRow> = changes.iter().map(|change| JobRow::from(change.state())).collect();
    insert_jobs(conn, &rows)?;
    let mut episodes: Vec<Uuid> = rows.iter().filter_map(|row| row.episode_id).map(|id| id.0).collect();
    episodes.sort_unstable();
    episodes.dedup();
    episodes.into_iter().try_for_each(|episode| hold(conn, Named::Episode, episode))
}

fn update(conn: &mut Conn, changes: &[&Change<Job>]) -> Result<(), Failure> {
    all_won(update_jobs(conn, changes)?, changes.len())?;
    let ended = changes.iter().filter_map(|change| JobAttempt::ended_by(change));
    let rows: Vec<AttemptRow> = ended.map(AttemptRow::from).collect();
    if rows.is_empty() { Ok(()) } else { insert_attempts(conn, &rows) }
}
