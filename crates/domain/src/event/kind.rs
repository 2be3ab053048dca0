//! The catalogue of events.

/// A kind of event that this release writes and understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// A show came into being.
    ShowCreated,
    /// Fields of a show changed.
    ShowUpdated,
    /// A show was deleted for good.
    ShowDeleted,
    /// An episode came into being.
    EpisodeCreated,
    /// Fields of an episode changed.
    EpisodeUpdated,
    /// An episode was deleted, softly or for good.
    EpisodeDeleted,
    /// A softly deleted episode came back.
    EpisodeRestored,
    /// A user's account came into being.
    UserCreated,
    /// Fields of a user's account changed, or the password.
    UserUpdated,
    /// A user's account was deleted.
    UserDeleted,
    /// A user signed in: a session began.
    UserLoggedIn,
    /// A user's session was ended, by themselves or because its refresh token was used twice.
    UserLoggedOut,
    /// Somebody's role within a show was given, changed or taken away.
    MembershipChanged,
    /// A composition came into being.
    CompositionCreated,
    /// Fields of a composition changed.
    CompositionUpdated,
    /// A composition was deleted for good.
    CompositionDeleted,
    /// A composition was submitted for a decision.
    CompositionSubmitted,
    /// A composition was accepted.
    CompositionApproved,
    /// A composition was turned down.
    CompositionRejected,
    /// A composition was rendered.
    CompositionRendered,
    /// A template came into being.
    TemplateCreated,
    /// Fields of a template changed.
    TemplateUpdated,
    /// A template was deleted for good.
    TemplateDeleted,
    /// A job was queued.
    JobCreated,
    /// A worker took a job in hand.
    JobStarted,
    /// A job was done.
    JobCompleted,
    /// A job will be tried again.
    JobRetry,
    /// A job was given up.
    JobFailed,
    /// A job was called off.
    JobCancelled,
    /// A worker began to look for jobs.
    JobProcessorStarted,
    /// A schedule came into being.
    ScheduleCreated,
    /// Fields of a schedule changed.
    ScheduleUpdated,
    /// A schedule was deleted for good.
    ScheduleDeleted,
    /// A file was uploaded, or made by a job.
    FileUploaded,
    /// A file is for another episode, or for none.
    FileUpdated,
    /// A file was deleted for good.
    FileDeleted,
    /// Somebody began to fetch a file.
    FileDownloaded,
    /// A notification was written for its owner.
    Notification,
}

impl EventKind {
    /// Every kind.
    pub const ALL: [Self; 38] = [
        Self::ShowCreated,
        Self::ShowUpdated,
        Self::ShowDeleted,
        Self::EpisodeCreated,
        Self::EpisodeUpdated,
        Self::EpisodeDeleted,
        Self::EpisodeRestored,
        Self::UserCreated,
        Self::UserUpdated,
        Self::UserDeleted,
        Self::UserLoggedIn,
        Self::UserLoggedOut,
        Self::MembershipChanged,
        Self::CompositionCreated,
        Self::CompositionUpdated,
        Self::CompositionDeleted,
        Self::CompositionSubmitted,
        Self::CompositionApproved,
        Self::CompositionRejected,
        Self::CompositionRendered,
        Self::TemplateCreated,
        Self::TemplateUpdated,
        Self::TemplateDeleted,
        Self::JobCreated,
        Self::JobStarted,
        Self::JobCompleted,
        Self::JobRetry,
        Self::JobFailed,
        Self::JobCancelled,
        Self::JobProcessorStarted,
        Self::ScheduleCreated,
        Self::ScheduleUpdated,
        Self::ScheduleDeleted,
        Self::FileUploaded,
        Self::FileUpdated,
        Self::FileDeleted,
        Self::FileDownloaded,
        Self::Notification,
    ];

    /// The name on the wire and in the log.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ShowCreated => "show_created",
            Self::ShowUpdated => "show_updated",
            Self::ShowDeleted => "show_deleted",
            Self::EpisodeCreated => "episode_created",
            Self::EpisodeUpdated => "episode_updated",
            Self::EpisodeDeleted => "episode_deleted",
            Self::EpisodeRestored => "episode_restored",
            Self::UserCreated => "user_created",
            Self::UserUpdated => "user_updated",
            Self::UserDeleted => "user_deleted",
            Self::UserLoggedIn => "user_logged_in",
            Self::UserLoggedOut => "user_logged_out",
            Self::MembershipChanged => "membership_changed",
            Self::CompositionCreated => "composition_created",
            Self::CompositionUpdated => "composition_updated",
            Self::CompositionDeleted => "composition_deleted",
            Self::CompositionSubmitted => "composition_submitted",
            Self::CompositionApproved => "composition_approved",
            Self::CompositionRejected => "composition_rejected",
            Self::CompositionRendered => "composition_rendered",
            Self::TemplateCreated => "template_created",
            Self::TemplateUpdated => "template_updated",
            Self::TemplateDeleted => "template_deleted",
            Self::JobCreated => "job_created",
            Self::JobStarted => "job_started",
            Self::JobCompleted => "job_completed",
            Self::JobRetry => "job_retry",
            Self::JobFailed => "job_failed",
            Self::JobCancelled => "job_cancelled",
            Self::JobProcessorStarted => "job_processor_started",
            Self::ScheduleCreated => "schedule_created",
            Self::ScheduleUpdated => "schedule_updated",
            Self::ScheduleDeleted => "schedule_deleted",
            Self::FileUploaded => "file_uploaded",
            Self::FileUpdated => "file_updated",
            Self::FileDeleted => "file_deleted",
            Self::FileDownloaded => "file_downloaded",
            Self::Notification => "notification",
        }
    }

    /// The kind of this name, if this release knows it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(EventKind::parse("episode_exploded"), None);
    }
}
