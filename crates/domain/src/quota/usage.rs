//! What one node remembers of how much users have written and queued.

use std::collections::HashMap;
use std::time::Duration;

use chrono::NaiveDate;

use crate::Timestamp;
use crate::identity::UserId;
use crate::limits::MAX_LIVE_JOBS;

/// How many users are remembered at most. Beyond that those are forgotten of whom the store knows everything.
const MOST: usize = 10_000;
/// How long a count of jobs is good for, with what was queued here since.
const COUNT_LASTS: Duration = Duration::from_secs(1);

/// What users have, as far as this node knows.
#[derive(Debug, Default)]
pub(super) struct Usage {
    day: Option<NaiveDate>,
    written: HashMap<UserId, Written>,
    live_jobs: HashMap<UserId, LiveJobs>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Written {
    /// What all nodes have told the store.
    known: u64,
    /// What this node has not told yet.
    untold: u64,
}

#[derive(Debug, Clone, Copy)]
struct LiveJobs {
    counted_at: Timestamp,
    count: usize,
}

impl Usage {
    /// How many bytes `user` has written today, before these.
    pub(super) fn written(&self, user: UserId, now: Timestamp) -> u64 {
        let today = self.day == Some(now.day());
        self.written.get(&user).filter(|_| today).map_or(0, |written| written.known.saturating_add(written.untold))
    }

    /// Notes that `user` has written `bytes`.
    pub(super) fn note_written(&mut self, user: UserId, bytes: u64, now: Timestamp) {
        self.begin_day(now.day());
        let written = self.written.entry(user).or_default();
        written.untold = written.untold.saturating_add(bytes);
    }

    fn begin_day(&mut self, day: NaiveDate) {
        if self.day != Some(day) {
            self.day = Some(day);
            self.written.clear();
        }
    }

    /// What the store is to be told, and of which day.
    pub(super) fn untold(&self) -> Option<(NaiveDate, Vec<(UserId, u64)>)> {
        let untold: Vec<_> =
            self.written.iter().filter(|(_, written)| written.untold > 0).map(|(user, w)| (*user, w.untold)).collect();
        self.day.filter(|_| !untold.is_empty()).map(|day| (day, untold))
    }

    /// Takes in what the store knows after it was `told`.
    pub(super) fn told(&mut self, day: NaiveDate, told: &[(UserId, u64)], known: &[(UserId, u64)]) {
        if self.day != Some(day) {
            return;
        }
        for (user, bytes) in told {
            if let Some(written) = self.written.get_mut(user) {
                written.untold = written.untold.saturating_sub(*bytes);
            }
        }
        for (user, bytes) in known {
            if let Some(written) = self.written.get_mut(user) {
                written.known = *bytes;
            }
        }
        if self.written.len() > MOST {
            self.written.retain(|_, written| written.untold > 0);
        }
    }

    /// Whether `user` may certainly queue `more` jobs. They are counted as queued then.
    pub(super) fn queues(&mut self, user: UserId, more: usize, now: Timestamp) -> bool {
        let Some(jobs) = self.live_jobs.get_mut(&user) else { return false };
        let fresh = now.since(jobs.counted_at).is_some_and(|age| age < COUNT_LASTS);
        let fits = fresh && jobs.count + more <= MAX_LIVE_JOBS;
        if fits {
            jobs.count += more;
        }
        fits
    }

    /// Takes in how many jobs of `user` are live by the store's count.
    pub(super) fn counted(&mut self, user: UserId, count: usize, now: Timestamp) {
        if self.live_jobs.len() >= MOST {
            self.live_jobs.clear();
        }
        self.live_jobs.insert(user, LiveJobs { counted_at: now, count });
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn user() -> UserId {
        UserId::new(Uuid::from_u128(5))
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000).unwrap()
    }

    const DAY: i64 = 24 * 60 * 60;

    #[test]
    fn what_was_written_here_and_elsewhere_counts_until_the_day_ends() {
        let mut usage = Usage::default();
        usage.note_written(user(), 10, at(0));
        let (day, told) = usage.untold().unwrap();
        usage.note_written(user(), 5, at(1));
        usage.told(day, &told, &[(user(), 70)]);
        assert_eq!(usage.written(user(), at(2)), 75);
        assert_eq!(usage.untold().unwrap().1, [(user(), 5)]);
        assert_eq!(usage.written(user(), at(DAY)), 0);
        usage.note_written(user(), 1, at(DAY));
        usage.told(day, &told, &[(user(), 99)]);
        assert_eq!(usage.written(user(), at(DAY)), 1, "what came late is of the day before");
    }

    #[test]
    fn a_count_of_jobs_is_good_for_a_second_and_for_as_many_as_fit() {
        let mut usage = Usage::default();
        assert!(!usage.queues(user(), 1, at(0)), "nothing is known");
        usage.counted(user(), MAX_LIVE_JOBS - 2, at(0));
        assert!(usage.queues(user(), 2, at(0)));
        assert!(!usage.queues(user(), 1, at(0)));
        usage.counted(user(), 0, at(0));
        assert!(!usage.queues(user(), 1, at(1)));
    }
}
