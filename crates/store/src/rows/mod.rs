//! Rows, and how they become records and back. A row that no record fits is an error that names table, row and column.

mod activity;
mod composition;
mod episode;
mod episode_update;
mod event;
mod file;
mod job;
mod membership;
mod notification;
mod presence;
mod schedule;
mod session;
mod show;
mod template;
mod user;

pub(crate) use activity::ActivityRow;
pub(crate) use composition::{CompositionRow, OutputRow, VersionRow, output, output_status};
pub(crate) use episode::EpisodeRow;
pub(crate) use episode_update::EpisodeUpdate;
pub(crate) use event::{EventRow, OutboxRow};
pub(crate) use file::{BlobRow, FileRow};
pub(crate) use job::{AttemptRow, JobRow, JobUpdate};
pub(crate) use membership::{MembershipRow, role};
pub(crate) use notification::NotificationRow;
pub(crate) use presence::{ChoiceRow, EndedRow, LeaseRow, PresenceRow, node_id};
pub(crate) use schedule::ScheduleRow;
pub(crate) use session::SessionRow;
pub(crate) use show::ShowRow;
pub(crate) use template::TemplateRow;
pub(crate) use user::UserRow;

use showrunner_domain::Version;
use showrunner_domain::event::Seq;
use uuid::Uuid;

use crate::failure::Failure;

/// A row, or its record, that may be large.
pub(crate) trait Weight {
    /// How many bytes its longest texts have together.
    fn weight(&self) -> usize;
}

/// Where a value stands, for the error that says so.
#[derive(Clone, Copy)]
struct Place {
    table: &'static str,
    row: Uuid,
}

impl Place {
    /// The value of `column`, or the error that names it.
    fn read<T, E: ToString>(self, column: &'static str, value: Result<T, E>) -> Result<T, Failure> {
        value.map_err(|problem| Failure::Unreadable {
            table: self.table,
            row: self.row.to_string(),
            column,
            problem: problem.to_string(),
        })
    }

    /// The known value of a name in `column`.
    fn known<T>(self, column: &'static str, value: Option<T>) -> Result<T, Failure> {
        self.read(column, value.ok_or("not a known name"))
    }

    fn version(self, number: i64) -> Result<Version, Failure> {
        self.read("version", Version::new(number).ok_or("below 1"))
    }

    fn seq(self, number: i64) -> Result<Seq, Failure> {
        self.read("seq", Seq::new(number).ok_or("below 0"))
    }
}
