//! Firing what has come due.

use std::sync::Arc;
use std::time::Duration;

use super::{Calendar, Schedule, ScheduleAfter, SchedulePatch, ScheduleQuery, ScheduleStore};
use crate::event::Stamp;
use crate::identity::{Action, Caller, OnBehalf, permit};
use crate::job::JobId;
use crate::{
    ChangeSet, CommitError, IdSource, Ledger, Limit, RecordChange, ResourceKind, ServiceError, SharedClock, Timestamp,
};

/// How many schedules are read in one go.
const AT_ONCE: usize = 100;

/// Queues the jobs of schedules that have come due. Any number of nodes may do that at the same time.
pub struct FiringService {
    /// Reads schedules.
    pub schedules: Arc<dyn ScheduleStore>,
    /// Knows when they come due next.
    pub calendar: Arc<dyn Calendar>,
    /// Knows what those who made them may do.
    pub on_behalf: OnBehalf,
    /// Writes jobs, and when schedules come due next.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time by which schedules come due.
    pub clock: Arc<dyn SharedClock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl FiringService {
    /// Fires every schedule that has come due, once each, and answers how long it takes until the next one does, as far as
    /// is known now. What another node fires first is left to it.
    ///
    /// A schedule whose maker may not queue jobs any more, or whose time zone is not known any more, is switched off, and so is
    /// one whose job the store refuses: it would each time, and hold up every other schedule.
    pub async fn fire(&self) -> Result<Option<Duration>, ServiceError> {
        while let Some(first) = self.schedules.first_due().await? {
            let now = self.clock.now().await?;
            if first > now {
                return Ok(first.since(now));
            }
            for schedule in self.schedules.due(now, AT_ONCE).await? {
                match self.ledger.commit(self.fired(schedule.clone(), now).await?).await {
                    Err(CommitError::Store(error)) if error.is_refusal() => {
                        self.commit(self.switched_off(schedule, now)?).await?;
                    }
                    // Another node was first, or somebody has changed the schedule.
                    Ok(_) | Err(CommitError::Stale) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(None)
    }

    /// Brings those schedules back that a clock which was ahead has moved too far on: a page of them, from `after` on.
    /// Answers from where to go on; `None` at the end.
    pub async fn realign(&self, after: Option<ScheduleAfter>) -> Result<Option<ScheduleAfter>, ServiceError> {
        let query = ScheduleQuery { after, limit: Limit::MOST, total: false };
        let page = self.schedules.list_schedules(query).await?;
        let now = self.clock.now().await?;
        for schedule in page.items {
            if let Some(realigned) = schedule.realign(self.calendar.as_ref(), now) {
                self.commit(ChangeSet::from_iter([RecordChange::Firing(realigned)])).await?;
            }
        }
        Ok(page.next)
    }

    /// Commits, unless another node was first, or somebody has changed the schedule.
    async fn commit(&self, changes: ChangeSet) -> Result<(), ServiceError> {
        match self.ledger.commit(changes).await {
            Ok(_) | Err(CommitError::Stale) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What is written of a schedule that has come due.
    async fn fired(&self, schedule: Schedule, now: Timestamp) -> Result<ChangeSet, ServiceError> {
        let fired = match self.maker(&schedule).await {
            Ok(caller) => {
                let stamp = Stamp::of(&caller, self.ids.as_ref(), now);
                schedule.fire(JobId::new(self.ids.next()), self.calendar.as_ref(), &stamp)
            }
            Err(refusal) => Err(refusal),
        };
        match fired {
            Err(error @ ServiceError::Unavailable(_)) => Err(error),
            Err(_) => self.switched_off(schedule, now),
            fired => fired,
        }
    }

    /// Whoever made the schedule, as they are now, if they may queue jobs.
    async fn maker(&self, schedule: &Schedule) -> Result<Caller, ServiceError> {
        let user = schedule.created_by.ok_or(ServiceError::NotFound { kind: ResourceKind::User })?;
        let caller = self.on_behalf.of(user, schedule.granted).await?;
        permit(&caller.actor, Action::Write, ResourceKind::Job)?;
        schedule.job_type.permit(&caller.actor)?;
        Ok(caller)
    }

    fn switched_off(&self, schedule: Schedule, now: Timestamp) -> Result<ChangeSet, ServiceError> {
        let stamp = Stamp::of_system(self.ids.as_ref(), now);
        let patch = SchedulePatch { enabled: Some(false), ..SchedulePatch::default() };
        let granted = schedule.granted;
        let change = schedule.update(patch, granted, self.calendar.as_ref(), &stamp)?;
        Ok(change.into_iter().map(RecordChange::Schedule).collect())
    }
}
