//! The log: what has happened, in one total order, and who may learn of it.
//!
//! A transition makes [`DomainEvent`]s, the ledger commits them with the state, and the log gives each its [`Seq`].
//! A [`Reader`] turns logged events into [`Effects`]; a [`ReaderRun`] decides when it tries again and what it parks.

mod audience;
mod catch_up;
mod data;
mod import_mark;
mod kind;
mod meaning;
mod port;
mod reader;
mod record;
mod restored;
mod resume;
mod run;
#[cfg(any(test, feature = "mocks"))]
mod sample;
mod seq;
mod topic;

pub use audience::Audience;
pub use catch_up::{CatchUp, CatchUpPage};
pub(crate) use data::{Named, Titled, WithEpisode, WithSchedule, WithShow};
pub use import_mark::ImportMark;
pub use kind::EventKind;
pub use port::{EventLog, LogPage, ReadLimit, ReaderGate};
#[cfg(any(test, feature = "mocks"))]
pub use port::{MockEventLog, MockReaderGate};
#[cfg(any(test, feature = "mocks"))]
pub use reader::MockReader;
pub use reader::{Effects, ParkedEvent, Reader, ReaderName, Undigestible};
pub use record::{ActorStamp, DomainEvent, EventId, LoggedEvent, Origin};
pub(crate) use record::{Stamp, json_text};
#[cfg(any(test, feature = "mocks"))]
pub use restored::MockLogHead;
pub use restored::{LogHead, LostRange, RestoredLog};
pub use resume::{CannotResume, History, ResumePoint};
pub use run::{ReaderRun, Step};
#[cfg(any(test, feature = "mocks"))]
pub use sample::sample;
pub use seq::{LogBounds, Seq};
pub use topic::{Topic, UnknownTopic};
