//! The pure transitions of a schedule.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::{Map, Value};

use super::{Calendar, Firing, NewSchedule, Schedule, ScheduleId, SchedulePatch};
use crate::event::{Audience, DomainEvent, EventKind, Stamp};
use crate::identity::Role;
use crate::job::{Job, JobId, NewJob};
use crate::json::fits_event;
use crate::{
    Change, ChangeSet, Difference, FieldError, RecordChange, ResourceKind, ServiceError, Subject, Timestamp, Version,
};

/// By how many seconds the clocks of nodes may differ.
const CLOCKS_DIFFER: i64 = 60;
/// The field that may be too large for an event.
const PAYLOAD: &str = "payload";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleCreated<'a> {
    schedule: &'a Schedule,
    created_by: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    omitted: &'a [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleUpdated<'a> {
    schedule: &'a Schedule,
    changed_fields: &'a [&'static str],
    changes: &'a Map<String, Value>,
    updated_by: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    omitted: &'a [&'static str],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScheduleDeleted<'a> {
    schedule_id: ScheduleId,
    name: &'a str,
    deleted_by: &'a str,
}

impl Schedule {
    /// A schedule of whoever the stamp names, who showed a token of the role `granted`.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where `calendar` knows no time for it to come due.
    pub(crate) fn create(
        id: ScheduleId,
        new: NewSchedule,
        granted: Role,
        calendar: &dyn Calendar,
        stamp: &Stamp,
    ) -> Result<Change<Self>, ServiceError> {
        let others = new.others;
        let mut schedule = Self {
            id,
            name: new.name,
            cron: new.cron,
            time_zone: others.time_zone.unwrap_or_default(),
            job_type: new.job_type,
            payload: others.payload.unwrap_or_default(),
            priority: others.priority.unwrap_or_default(),
            max_retries: others.max_retries.unwrap_or_default(),
            enabled: others.enabled.unwrap_or(true),
            next_run_at: None,
            last_run_at: None,
            created_by: stamp.actor.id,
            granted,
            created_at: stamp.now,
            updated_at: stamp.now,
            version: Version::FIRST,
        };
        let next = schedule.next(calendar, stamp.now)?;
        schedule.next_run_at = schedule.enabled.then_some(next);
        let (shown, omitted) = schedule.in_event();
        let data = ScheduleCreated { schedule: &shown, created_by: stamp.actor_label(), omitted };
        let event = schedule.tell(EventKind::ScheduleCreated, stamp, &data);
        Ok(Change::created(schedule, event))
    }

    /// Merges `patch` into this schedule, for somebody with a token of the role `granted`; `None` where nothing would
    /// differ. What changes when it is to come due has it come due anew, from now on.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where `calendar` knows no time for it to come due.
    pub(crate) fn update(
        self,
        patch: SchedulePatch,
        granted: Role,
        calendar: &dyn Calendar,
        stamp: &Stamp,
    ) -> Result<Option<Change<Self>>, ServiceError> {
        let mut schedule = self.clone();
        let mut difference = schedule.apply(patch);
        if difference.fields.is_empty() {
            return Ok(None);
        }
        let timed = difference.fields.iter().any(|field| ["cron", "time_zone"].contains(field));
        if timed || (schedule.enabled && !self.enabled) {
            schedule.next_run_at = Some(schedule.next(calendar, stamp.now)?);
        }
        schedule.next_run_at = schedule.next_run_at.filter(|_| schedule.enabled);
        schedule.granted = schedule.granted.lower(granted).unwrap_or(schedule.granted);
        let expected = stamp.touch(&mut schedule.version, &mut schedule.updated_at);
        let (shown, mut omitted) = schedule.in_event();
        if !difference.changes.get(PAYLOAD).is_none_or(fits_event) {
            difference.changes.remove(PAYLOAD);
            omitted = &[PAYLOAD];
        }
        let data = ScheduleUpdated {
            schedule: &shown,
            changed_fields: &difference.fields,
            changes: &difference.changes,
            updated_by: stamp.actor_label(),
            omitted,
        };
        let event = schedule.tell(EventKind::ScheduleUpdated, stamp, &data);
        Ok(Some(Change::updated(expected, schedule, event).instead_of(self)))
    }

    /// Removes this schedule for good. The jobs that it has queued stay.
    pub(crate) fn delete(mut self, stamp: &Stamp) -> Change<Self> {
        let expected = stamp.touch(&mut self.version, &mut self.updated_at);
        let data = ScheduleDeleted { schedule_id: self.id, name: self.name.as_str(), deleted_by: stamp.actor_label() };
        let event = self.tell(EventKind::ScheduleDeleted, stamp, &data);
        Change::erased(expected, self, event)
    }

    /// Queues the job of the time that has come, for whoever the stamp names, and moves on to the first one after now,
    /// also where others have passed meanwhile.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where `calendar` does not understand any more when it comes due.
    pub(crate) fn fire(
        &self,
        job_id: JobId,
        calendar: &dyn Calendar,
        stamp: &Stamp,
    ) -> Result<ChangeSet, ServiceError> {
        let due = self.next_run_at.unwrap_or(stamp.now);
        let next_run_at =
            calendar.next(&self.cron, &self.time_zone, stamp.now.max(due)).map_err(ServiceError::Invalid)?;
        let new = NewJob {
            payload: self.payload.clone(),
            priority: self.priority,
            max_retries: self.max_retries,
            run_at: Some(due),
            granted: Some(self.granted),
            ..NewJob::of(self.job_type.clone())
        };
        let job = Job::create(job_id, new, None, stamp);
        let (schedule_id, version, fired_at) = (self.id, self.version, Some(stamp.now));
        let firing = Firing { schedule_id, version, due, fired_at, next_run_at };
        Ok(ChangeSet::from_iter([RecordChange::Firing(firing), RecordChange::Job(job)]))
    }

    /// Brings this schedule back to the first time that it comes due from `now` on, where a clock that was ahead has moved it
    /// beyond that. What was fired a moment ahead of `now`, as the clocks of two nodes differ, is not fired again.
    pub(crate) fn realign(&self, calendar: &dyn Calendar, now: Timestamp) -> Option<Firing> {
        let due = self.next_run_at?;
        let last = self.last_run_at.filter(|last| *last <= now.plus_seconds(CLOCKS_DIFFER));
        let next = calendar.next(&self.cron, &self.time_zone, last.map_or(now, |last| last.max(now))).ok()??;
        let (schedule_id, version) = (self.id, self.version);
        (next < due).then_some(Firing { schedule_id, version, due, fired_at: None, next_run_at: Some(next) })
    }

    /// When it comes due after `after`.
    fn next(&self, calendar: &dyn Calendar, after: Timestamp) -> Result<Timestamp, ServiceError> {
        let next = calendar.next(&self.cron, &self.time_zone, after).map_err(ServiceError::Invalid)?;
        next.ok_or_else(|| ServiceError::Invalid(vec![FieldError::new("cron", "must name a time that will come")]))
    }

    /// The schedule as an event holds it, and what was left out of it: a payload that is too large to be copied.
    fn in_event(&self) -> (Cow<'_, Self>, &'static [&'static str]) {
        if fits_event(&self.payload) {
            return (Cow::Borrowed(self), &[]);
        }
        (Cow::Owned(Self { payload: Map::new(), ..self.clone() }), &[PAYLOAD])
    }

    fn apply(&mut self, patch: SchedulePatch) -> Difference {
        let mut difference = Difference::default();
        difference.set("name", &mut self.name, patch.name);
        difference.set("cron", &mut self.cron, patch.cron);
        difference.set("time_zone", &mut self.time_zone, patch.time_zone);
        difference.set("job_type", &mut self.job_type, patch.job_type);
        difference.set(PAYLOAD, &mut self.payload, patch.payload);
        difference.set("priority", &mut self.priority, patch.priority);
        difference.set("max_retries", &mut self.max_retries, patch.max_retries);
        difference.set("enabled", &mut self.enabled, patch.enabled);
        difference
    }

    fn tell(&self, kind: EventKind, stamp: &Stamp, data: &impl Serialize) -> DomainEvent {
        let subject = Subject::new(ResourceKind::Schedule, self.id.uuid());
        stamp.event(kind, subject, Audience::Readers, data)
    }
}
