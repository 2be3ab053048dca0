//! Handing jobs out.

use std::cmp::Reverse;

use showrunner_domain::job::{Claim, Job, JobType, Whose};
use showrunner_domain::{Change, Timestamp};

use super::super::lock_ready_jobs;
use super::{Conn, write_jobs};
use crate::failure::Failure;

/// What claims have brought about.
pub(in super::super) struct HandedOut {
    /// The jobs that each claim gets, in the order of the claims.
    pub(in super::super) jobs: Vec<Vec<Job>>,
    /// What was written. The events are still to be appended.
    pub(in super::super) changes: Vec<Change<Job>>,
}

/// Hands out what is due, and gives up what was lost too often. Claims of the same types and people share a look; who asked first is served
/// first.
pub(in super::super) fn hand_out(conn: &mut Conn, claims: &[(&Claim, Timestamp)]) -> Result<HandedOut, Failure> {
    let wanted = |place: usize| (&claims[place].0.job_types, claims[place].0.whose);
    let mut all = HandedOut { jobs: vec![Vec::new(); claims.len()], changes: Vec::new() };
    let mut order: Vec<usize> = (0..claims.len()).collect();
    order.sort_by(|one, other| wanted(*one).cmp(&wanted(*other)));
    for alike in order.chunk_by(|one, next| wanted(*one) == wanted(*next)) {
        let limit = alike.iter().map(|place| claims[*place].0.limit).fold(0, usize::saturating_add);
        let (now, due) = look(conn, wanted(alike[0]), limit, claims[alike[0]].1)?;
        let (written, mut due) = (all.changes.len(), due.into_iter());
        for place in alike {
            let claim = claims[*place].0;
            if claim.is_abandoned() {
                continue;
            }
            for job in due.by_ref().take(claim.limit) {
                let decided = claim.decide(job, now);
                all.jobs[*place].extend(decided.last().map(Change::state).filter(|job| job.lease.is_some()).cloned());
                all.changes.extend(decided);
            }
        }
        write_jobs(conn, &all.changes[written..].iter().collect::<Vec<_>>())?;
    }
    Ok(all)
}

/// At most so many due jobs of these types, in the order in which they are handed out, and the time of the look.
fn look(
    conn: &mut Conn,
    (types, whose): (&Vec<JobType>, Whose),
    limit: usize,
    now: Timestamp,
) -> Result<(Timestamp, Vec<Job>), Failure> {
    let (now, rows) = lock_ready_jobs(conn, types, whose, i64::try_from(limit).unwrap_or(i64::MAX), now)?;
    let mut due = rows.into_iter().map(Job::try_from).collect::<Result<Vec<_>, _>>()?;
    due.sort_by_key(|job| (Reverse(job.priority), job.due_at(), job.id));
    due.truncate(limit);
    Ok((now, due))
}
