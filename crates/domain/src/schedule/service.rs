//! The use cases of schedules for those who keep them.

use std::sync::Arc;

use super::{Calendar, NewSchedule, Schedule, ScheduleAfter, ScheduleId, SchedulePatch, ScheduleQuery, ScheduleStore};
use crate::event::Stamp;
use crate::identity::{Action, Caller, Role, permit};
use crate::limits::SHORTEST_INTERVAL;
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, FieldError, IdSource, Ledger, Page, ResourceKind, ServiceError, Terms};

/// How many times of a schedule are looked at for two that are too close.
const LOOKED_AT: usize = 60;

/// Everything that can be done with schedules, but firing them.
pub struct ScheduleService {
    /// Reads schedules.
    pub schedules: Arc<dyn ScheduleStore>,
    /// Knows when they come due.
    pub calendar: Arc<dyn Calendar>,
    /// Writes them.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl ScheduleService {
    /// The schedule.
    pub async fn get(&self, caller: &Caller, id: ScheduleId) -> Result<Schedule, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Schedule)?;
        self.load(id).await
    }

    /// A page of schedules.
    pub async fn list(
        &self,
        caller: &Caller,
        query: ScheduleQuery,
    ) -> Result<Page<Schedule, ScheduleAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Schedule)?;
        Ok(self.schedules.list_schedules(query).await?)
    }

    /// Creates a schedule, once for each receipt.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where nobody can tell when it comes due.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewSchedule,
        terms: &Terms,
    ) -> Result<Answered<Schedule>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Schedule)?;
        new.job_type.permit(&caller.actor)?;
        let (id, granted) = (ScheduleId::new(self.ids.next()), caller.actor.granted);
        let change = Schedule::create(id, new, granted, self.calendar.as_ref(), &self.stamp(caller))?;
        self.check_interval(caller, change.state())?;
        self.writing(terms).create(|| change).await
    }

    /// Merges `patch` into a schedule, once for each receipt: one's own, or anybody's for who may manage schedules. Where
    /// nothing differs nothing is written.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where nobody can tell when it comes due.
    pub async fn update(
        &self,
        caller: &Caller,
        id: ScheduleId,
        patch: &SchedulePatch,
        terms: &Terms,
    ) -> Result<Answered<Schedule>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Schedule)?;
        patch.job_type.as_ref().map_or(Ok(()), |job_type| job_type.permit(&caller.actor))?;
        let decide = |schedule: Schedule| {
            permit_change(caller, &schedule)?;
            let (unchanged, granted) = (schedule.clone(), caller.actor.granted);
            let change = schedule.update(patch.clone(), granted, self.calendar.as_ref(), &self.stamp(caller))?;
            if let Some(change) = &change {
                self.check_interval(caller, change.state())?;
            }
            Ok(change.map_or(Decision::Leave(unchanged), Decision::Write))
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    /// Deletes a schedule for good and answers its last state: one's own, or anybody's for who may manage schedules.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: ScheduleId,
        terms: &Terms,
    ) -> Result<Answered<Schedule>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Schedule)?;
        let decide = |schedule: Schedule| {
            permit_change(caller, &schedule)?;
            Ok(Decision::Write(schedule.delete(&self.stamp(caller))))
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    /// Refuses a schedule that would queue jobs too fast, unless an administrator wants it. The next hour of times is looked at,
    /// or as many as there are minutes in one.
    fn check_interval(&self, caller: &Caller, schedule: &Schedule) -> Result<(), ServiceError> {
        if caller.actor.role == Role::Admin || !schedule.enabled {
            return Ok(());
        }
        let next =
            |after| self.calendar.next(&schedule.cron, &schedule.time_zone, after).map_err(ServiceError::Invalid);
        let mut last = next(self.clock.now())?;
        for _ in 0..LOOKED_AT {
            let Some(time) = last else { return Ok(()) };
            last = next(time)?;
            if last.and_then(|last| last.since(time)).is_some_and(|interval| interval < SHORTEST_INTERVAL) {
                let reason = format!(
                    "must leave at least {} seconds from one time to the next: ask an administrator for less",
                    SHORTEST_INTERVAL.as_secs()
                );
                return Err(ServiceError::Invalid(vec![FieldError::new("cron", reason)]));
            }
        }
        Ok(())
    }

    async fn load(&self, id: ScheduleId) -> Result<Schedule, ServiceError> {
        let schedule = self.schedules.find_schedule(id).await?;
        schedule.ok_or(ServiceError::NotFound { kind: ResourceKind::Schedule })
    }

    fn writing<'a>(&'a self, terms: &'a Terms) -> Writing<'a> {
        Writing { ledger: self.ledger.as_ref(), terms }
    }

    fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}

/// Its jobs do what they do as whoever made it: nobody else decides what that is, but who may manage schedules.
fn permit_change(caller: &Caller, schedule: &Schedule) -> Result<(), ServiceError> {
    let own = schedule.created_by == Some(caller.actor.id);
    let action = if own { Action::Write } else { Action::Manage };
    permit(&caller.actor, action, ResourceKind::Schedule)
}
