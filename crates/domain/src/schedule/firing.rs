//! Firing what has come due.

use std::sync::Arc;

use super::{Calendar, Schedule, SchedulePatch, ScheduleStore};
use crate::event::Stamp;
use crate::identity::{Action, Caller, OnBehalf, permit};
use crate::job::JobId;
use crate::{ChangeSet, Clock, CommitError, IdSource, Ledger, RecordChange, ResourceKind, ServiceError, Timestamp};

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
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl FiringService {
    /// Fires every schedule that has come due, once each, and answers when the next one does, as far as is known now.
    /// What another node fires first is left to it.
    ///
    /// A schedule whose maker may not queue jobs any more, or whose time zone is not known any more, is switched off, and so is
    /// one whose job the store refuses: it would each time, and hold up every other schedule.
    pub async fn fire(&self) -> Result<Option<Timestamp>, ServiceError> {
        while let Some(first) = self.schedules.first_due().await? {
            let now = self.clock.now();
            if first > now {
                return Ok(Some(first));
            }
            for schedule in self.schedules.due(now, AT_ONCE).await? {
                match self.ledger.commit(self.fired(schedule.clone()).await?).await {
                    Err(CommitError::Store(error)) if error.is_refusal() => self.switch_off(schedule).await?,
                    // Another node was first, or somebody has changed the schedule.
                    Ok(_) | Err(CommitError::Stale) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        Ok(None)
    }

    /// What is written of a schedule that has come due.
    async fn fired(&self, schedule: Schedule) -> Result<ChangeSet, ServiceError> {
        let fired = match self.maker(&schedule).await {
            Ok(caller) => {
                let stamp = Stamp::of(&caller, self.ids.as_ref(), self.clock.now());
                schedule.fire(JobId::new(self.ids.next()), self.calendar.as_ref(), &stamp)
            }
            Err(refusal) => Err(refusal),
        };
        match fired {
            Err(error @ ServiceError::Unavailable(_)) => Err(error),
            Err(_) => self.switched_off(schedule),
            fired => fired,
        }
    }

    /// Whoever made the schedule, as they are now, if they may queue jobs.
    async fn maker(&self, schedule: &Schedule) -> Result<Caller, ServiceError> {
        let user = schedule.created_by.ok_or(ServiceError::NotFound { kind: ResourceKind::User })?;
        let caller = self.on_behalf.of(user, schedule.granted).await?;
        permit(&caller.actor, Action::Write, ResourceKind::Job)?;
        Ok(caller)
    }

    async fn switch_off(&self, schedule: Schedule) -> Result<(), ServiceError> {
        match self.ledger.commit(self.switched_off(schedule)?).await {
            Ok(_) | Err(CommitError::Stale) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn switched_off(&self, schedule: Schedule) -> Result<ChangeSet, ServiceError> {
        let stamp = Stamp::of_system(self.ids.as_ref(), self.clock.now());
        let patch = SchedulePatch { enabled: Some(false), ..SchedulePatch::default() };
        let granted = schedule.granted;
        let change = schedule.update(patch, granted, self.calendar.as_ref(), &stamp)?;
        Ok(change.into_iter().map(RecordChange::Schedule).collect())
    }
}
