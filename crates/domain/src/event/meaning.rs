//! What the events mean, in the words in which every document tells of them.

use super::EventKind;

impl EventKind {
    /// What has happened, as a sentence.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::ShowCreated => "A show came into being.",
            Self::ShowUpdated => "Fields of a show changed.",
            Self::ShowDeleted => "A show was deleted for good.",
            Self::EpisodeCreated => "An episode came into being.",
            Self::EpisodeUpdated => "Fields of an episode changed.",
            Self::EpisodeDeleted => "An episode was deleted: `deleteType` is `soft`, or `permanent`.",
            Self::EpisodeRestored => "A softly deleted episode came back.",
            Self::UserCreated => "A user's account came into being.",
            Self::UserUpdated => {
                "Fields of a user's account changed, or the password, which is named in `changedFields` alone."
            }
            Self::UserDeleted => "A user's account was deleted.",
            Self::UserLoggedIn => "A user signed in: a session began.",
            Self::UserLoggedOut => {
                "A user's session was ended: `reason` is `logout`, or `refresh_token_reused` where its refresh token came twice."
            }
            Self::MembershipChanged => {
                "Somebody's role within a show was given, changed or taken away: `previousRole` is `null` where there was none, `role` where there is none any more."
            }
            Self::CompositionCreated => "A composition came into being.",
            Self::CompositionUpdated => "Fields of a composition changed.",
            Self::CompositionDeleted => {
                "A composition was deleted for good. The pictures that it was rendered to stay."
            }
            Self::CompositionSubmitted => "A composition was submitted for a decision.",
            Self::CompositionApproved => "A composition was accepted.",
            Self::CompositionRejected => "A composition was turned down: `reason` is `null` where none was given.",
            Self::CompositionRendered => {
                "A composition was rendered: `outputs` are those that were made, or found to be there."
            }
            Self::TemplateCreated => "A template came into being.",
            Self::TemplateUpdated => "Fields of a template changed.",
            Self::TemplateDeleted => "A template was deleted for good.",
            Self::JobCreated => "A job was queued.",
            Self::JobStarted => "A worker took a job in hand.",
            Self::JobCompleted => "A job was done.",
            Self::JobRetry => {
                "A job will be tried again, `delayMs` from then: an attempt failed, its worker was lost or stopped, or somebody wanted it."
            }
            Self::JobFailed => {
                "A job was given up: after its last try where `retriesExhausted`, otherwise because no try would help."
            }
            Self::JobCancelled => "A job was called off.",
            Self::JobProcessorStarted => "A worker began to look for jobs.",
            Self::ScheduleCreated => "A schedule came into being.",
            Self::ScheduleUpdated => {
                "Fields of a schedule changed. Coming due is no change: that is told by the job which it queues."
            }
            Self::ScheduleDeleted => "A schedule was deleted for good.",
            Self::FileUploaded => "A file was uploaded, or made by a job.",
            Self::FileUpdated => "A file is for no episode any more: that was deleted for good.",
            Self::FileDeleted => "A file was deleted for good.",
            Self::FileDownloaded => "Somebody began to fetch a file: told once a download, not once a range.",
            Self::Notification => "A notification was written for its owner.",
        }
    }
}
