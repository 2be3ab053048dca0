//! One event of every kind, made by the transition that makes it: for tests and documents about the whole catalogue.

use uuid::Uuid;

use super::{ActorStamp, DomainEvent, EventId, EventKind, LoggedEvent, Origin, Reader as _, Seq, Stamp};
use crate::composition::{
    Composition, CompositionId, DEFAULT_TEMPLATE, Design, Encoding, Format, Formats, Layers, Output, OutputStatus,
    Reason, Template, TemplateId,
};
use crate::episode::{Episode, EpisodeId, EpisodeNumber, EpisodePatch, EpisodeStatus, NewEpisode, Title};
use crate::file::{Blob, BlobKey, ContentType, File, FileId, FileName, NewFile, Sha256};
use crate::identity::{Email, NewUser, Role, SecretDigest, Session, SessionEnd, SessionId, User, UserId, UserPatch};
use crate::job::{Job, JobError, JobId, JobType, Lease, NewJob, Processor, ReceiptHandle, WorkerName};
use crate::membership::Membership;
use crate::notification::{Interest, NotificationReader};
use crate::schedule::{
    Calendar, CronExpression, NewSchedule, Schedule, ScheduleId, ScheduleName, SchedulePatch, TimeZone,
};
use crate::show::{NewShow, Show, ShowId, ShowName, ShowPatch, ShowStatus};
use crate::{Change, FieldError, Line, Prose, Timestamp, Version};

/// The event of this kind that user 1 causes, at this place of the log: to themselves, to show 7 or to episode 2 of it.
///
/// # Panics
/// Where a transition refuses what is right.
#[must_use]
pub fn sample(kind: EventKind, seq: Seq) -> LoggedEvent {
    let stamp = &stamp();
    let event = match kind {
        EventKind::ShowCreated => told(&show()),
        EventKind::ShowUpdated => {
            let patch = ShowPatch { status: Some(ShowStatus::Active), ..ShowPatch::default() };
            told(&right(show().state().clone().update(patch, stamp)))
        }
        EventKind::ShowDeleted => told(&show().state().clone().delete(stamp)),
        EventKind::EpisodeCreated => told(&episode()),
        EventKind::EpisodeUpdated => {
            let patch = EpisodePatch { status: Some(EpisodeStatus::Published), ..EpisodePatch::default() };
            told(&right(episode().state().clone().update(patch, stamp).ok().flatten()))
        }
        EventKind::EpisodeDeleted => told(&episode().state().clone().delete(stamp)),
        EventKind::EpisodeRestored => {
            told(&right(episode().state().clone().delete(stamp).state().clone().restore(stamp).ok()))
        }
        EventKind::UserCreated => told(&user()),
        EventKind::UserUpdated => {
            let patch = UserPatch { role: Some(Role::Editor), ..UserPatch::default() };
            told(&right(user().state().clone().update(patch, false, stamp)))
        }
        EventKind::UserDeleted => told(&user().state().clone().delete(stamp)),
        EventKind::UserLoggedIn => told(&session()),
        EventKind::UserLoggedOut => told(&session().state().clone().end(user().state(), SessionEnd::Logout, stamp)),
        EventKind::MembershipChanged => {
            told(&Membership::create(ShowId::new(id(7)), user().state(), Role::Editor, stamp))
        }
        EventKind::CompositionCreated => told(&composition()),
        EventKind::CompositionUpdated => told(&right(composition().state().clone().set_primary(true, stamp))),
        EventKind::CompositionDeleted => told(&composition().state().clone().delete(stamp)),
        EventKind::CompositionSubmitted => told(&submitted()),
        EventKind::CompositionApproved => told(&right(submitted().state().clone().approve(stamp).ok())),
        EventKind::CompositionRejected => {
            let reason = Reason::parse("the title cannot be read").ok();
            told(&right(submitted().state().clone().reject(reason, stamp).ok()))
        }
        EventKind::CompositionRendered => composition().state().rendered(&[output()], stamp),
        EventKind::TemplateCreated => told(&template()),
        EventKind::TemplateUpdated => {
            told(&right(template().state().clone().describe(Prose::parse("For interviews.").ok(), stamp)))
        }
        EventKind::TemplateDeleted => told(&template().state().clone().delete(stamp)),
        EventKind::JobCreated => told(&job()),
        EventKind::JobStarted => told(&claimed_job().1),
        EventKind::JobCompleted => {
            let (handle, claimed) = claimed_job();
            told(&right(claimed.state().clone().complete(handle, None, stamp).ok()))
        }
        EventKind::JobRetry | EventKind::JobFailed => {
            let (handle, claimed) = claimed_job();
            let permanent = kind == EventKind::JobFailed;
            told(&right(claimed.state().clone().fail(handle, &JobError::of("no space left"), permanent, stamp).ok()))
        }
        EventKind::JobCancelled => told(&right(job().state().clone().cancel(stamp).ok())),
        EventKind::JobProcessorStarted => {
            let worker = right(WorkerName::parse("node-1").ok());
            let job_types = vec![job().state().job_type.clone()];
            Processor { worker, poll_interval_ms: 1_000, max_concurrent: 2, job_types }.started(id(5), stamp)
        }
        EventKind::ScheduleCreated => told(&schedule()),
        EventKind::ScheduleUpdated => {
            let patch = SchedulePatch { enabled: Some(false), ..SchedulePatch::default() };
            let updated = schedule().state().clone().update(patch, Role::Admin, &Hourly, stamp);
            told(&right(updated.ok().flatten()))
        }
        EventKind::ScheduleDeleted => told(&schedule().state().clone().delete(stamp)),
        EventKind::FileUploaded => told(&file()),
        EventKind::FileUpdated => told(&file().state().clone().without_episode(stamp)),
        EventKind::FileDeleted => told(&file().state().clone().delete(stamp)),
        EventKind::FileDownloaded => file().state().download(stamp),
        EventKind::Notification => {
            let cause = LoggedEvent::numbered(told(&episode()), seq);
            right(
                NotificationReader
                    .digest(&cause, &Interest::default())
                    .ok()
                    .and_then(|effects| effects.events.into_iter().next()),
            )
        }
    };
    LoggedEvent::numbered(event, seq)
}

fn told<T>(change: &Change<T>) -> DomainEvent {
    change.events()[0].clone()
}

fn right<T>(value: Option<T>) -> T {
    let Some(value) = value else { panic!("a sample is not valid") };
    value
}

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn stamp() -> Stamp {
    let actor = ActorStamp { id: Some(UserId::new(id(1))), name: "An admin".to_owned(), email: None };
    Stamp { id: EventId::new(id(9)), now: right(Timestamp::from_micros(0)), actor, origin: Origin::default() }
}

fn show() -> Change<Show> {
    let new = NewShow { name: right(ShowName::parse("Show").ok()), others: ShowPatch::default() };
    Show::create(ShowId::new(id(7)), new, &stamp())
}

fn episode() -> Change<Episode> {
    let new = NewEpisode {
        title: right(Title::parse("Pilot").ok()),
        episode_number: right(EpisodeNumber::parse(1).ok()),
        others: EpisodePatch { show_id: Some(Some(ShowId::new(id(7)))), ..EpisodePatch::default() },
    };
    Episode::create(EpisodeId::new(id(2)), new, &stamp())
}

fn composition() -> Change<Composition> {
    let design = Design {
        name: Line::fixed("Pilot"),
        episode_id: Some(EpisodeId::new(id(2))),
        template_id: DEFAULT_TEMPLATE,
        formats: Formats::default(),
        layers: Layers::default(),
    };
    Composition::create(CompositionId::new(id(8)), design, Some(ShowId::new(id(7))), &stamp())
}

fn submitted() -> Change<Composition> {
    right(composition().state().clone().submit(&stamp()).ok())
}

fn output() -> Output {
    let stamp = stamp();
    Output {
        composition_id: CompositionId::new(id(8)),
        format: Format::Youtube,
        encoding: Encoding::Jpeg,
        status: OutputStatus::Ready,
        job_id: JobId::new(id(3)),
        file_id: Some(FileId::new(id(6))),
        width: 1920,
        height: 1080,
        bytes: Some(181_244),
        sha256: Some(right(Sha256::parse("7".repeat(64)).ok())),
        composition_version: Some(Version::FIRST),
        rendered_at: Some(stamp.now),
        key: None,
    }
}

fn template() -> Change<Template> {
    let (name, layers) = (Line::fixed("Interview"), Layers::default());
    Template::create(TemplateId::new(id(9)), name, Prose::default(), layers, &stamp())
}

fn job() -> Change<Job> {
    let new = NewJob::of(right(JobType::parse("composition-render").ok()));
    Job::create(JobId::new(id(4)), new, Some(ShowId::new(id(7))), &stamp())
}

/// Job 4 in the hands of a worker, and the token of that.
fn claimed_job() -> (ReceiptHandle, Change<Job>) {
    let handle = ReceiptHandle::new(id(6));
    let lease = Lease { handle, expires_at: stamp().now };
    (handle, job().state().clone().lease(&right(WorkerName::parse("node-1").ok()), lease, &stamp()))
}

/// Takes every expression for that of the next hour.
struct Hourly;

impl Calendar for Hourly {
    fn next(&self, _: &CronExpression, _: &TimeZone, after: Timestamp) -> Result<Option<Timestamp>, Vec<FieldError>> {
        Ok(Some(after.plus_seconds(3_600)))
    }
}

fn schedule() -> Change<Schedule> {
    let new = NewSchedule {
        name: right(ScheduleName::parse("Hourly").ok()),
        cron: right(CronExpression::parse("@hourly").ok()),
        job_type: job().state().job_type.clone(),
        others: SchedulePatch::default(),
    };
    right(Schedule::create(ScheduleId::new(id(11)), new, Role::Admin, &Hourly, &stamp()).ok())
}

fn file() -> Change<File> {
    let new = NewFile { name: right(FileName::parse("host.png").ok()), episode_id: Some(EpisodeId::new(id(2))) };
    let sha256 = right(Sha256::parse("0".repeat(64)).ok());
    let blob = Blob { key: BlobKey::new(id(8)), sha256, size: 1 };
    let content_type = right(ContentType::parse("image/png").ok());
    File::create(FileId::new(id(10)), new, content_type, blob, Some(ShowId::new(id(7))), &stamp())
}

fn user() -> Change<User> {
    let email = right(Email::parse("admin@example.com").ok());
    let new = NewUser { email, name: right(Line::parse("An admin").ok()), role: Role::Admin };
    User::create(UserId::new(id(1)), new, &stamp())
}

fn session() -> Change<Session> {
    Session::begin(SessionId::new(id(3)), user().state(), SecretDigest(String::new()), &stamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::ActivityReader;

    #[test]
    fn every_kind_of_event_has_a_sample_of_its_name_that_the_feed_can_digest() {
        for kind in EventKind::ALL {
            let event = sample(kind, Seq::START.next());
            assert_eq!(event.name, kind.as_str());
            assert!(ActivityReader.digest(&event, &Interest::default()).is_ok(), "{kind:?}");
        }
    }
}
