//! What notifications say.

use serde::Deserialize;

use super::{NotificationKind, NotificationPriority, NotifiedEvent};
use crate::event::{EventKind, ImportMark, LoggedEvent, Titled, Undigestible, WithEpisode};

/// What there is to say of an event.
pub(super) struct Words {
    /// What it is called in preferences.
    pub(super) event: NotifiedEvent,
    /// How it is meant.
    pub(super) kind: NotificationKind,
    /// How much it matters.
    pub(super) priority: NotificationPriority,
    /// A few words.
    pub(super) title: String,
    /// A sentence.
    pub(super) message: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WithJobType {
    job_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct JobFailed {
    job_type: String,
    error: String,
}

impl Words {
    fn plain(event: NotifiedEvent, title: impl Into<String>, message: String) -> Self {
        let (kind, priority) = (NotificationKind::Info, NotificationPriority::Normal);
        Self { event, kind, priority, title: title.into(), message }
    }

    /// What there is to say of `event`, which is of this `kind`; nothing of most.
    pub(super) fn of(kind: EventKind, event: &LoggedEvent) -> Result<Option<Self>, Undigestible> {
        let words = match (event.origin.import, kind) {
            (Some(ImportMark::Row), _) => return Ok(None),
            (Some(ImportMark::Last { rows: rows @ 2.. }), EventKind::EpisodeCreated) => {
                let rows = grouped(rows);
                let message = format!("{rows} episodes were created by an import.");
                Self::plain(NotifiedEvent::EpisodeCreated, format!("{rows} episodes imported"), message)
            }
            (_, EventKind::EpisodeCreated) => {
                let WithEpisode { episode } = serde_json::from_str(&event.data)?;
                let message = format!("Episode \"{}\" was created.", episode.title);
                Self::plain(NotifiedEvent::EpisodeCreated, "Episode created", message)
            }
            (_, EventKind::EpisodeDeleted) => {
                let Titled { title } = serde_json::from_str(&event.data)?;
                Self::plain(
                    NotifiedEvent::EpisodeDeleted,
                    "Episode deleted",
                    format!("Episode \"{title}\" was deleted."),
                )
            }
            (_, EventKind::JobCompleted) => {
                let WithJobType { job_type } = serde_json::from_str(&event.data)?;
                let message = format!("Your job {job_type} is done.");
                let words = Self::plain(NotifiedEvent::JobCompleted, "Job completed", message);
                Self { kind: NotificationKind::Success, ..words }
            }
            (_, EventKind::JobFailed) => {
                let JobFailed { job_type, error } = serde_json::from_str(&event.data)?;
                let message = format!("Your job {job_type} was given up: {error}");
                let words = Self::plain(NotifiedEvent::JobFailed, "Job failed", message);
                Self { kind: NotificationKind::Error, priority: NotificationPriority::High, ..words }
            }
            _ => return Ok(None),
        };
        Ok(Some(words))
    }
}

/// `number` with a comma between thousands.
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
