//! Shows: what episodes belong to.

mod draft;
mod port;
mod query;
mod record;
mod service;
mod slug;
mod transition;

pub use draft::{NewShow, ShowPatch};
#[cfg(any(test, feature = "mocks"))]
pub use port::MockShowStore;
pub use port::ShowStore;
pub use query::{ShowAfter, ShowFilter, ShowQuery, ShowSort, ShowSortKey, ShowSortValue};
pub use record::{Show, ShowDescription, ShowId, ShowName, ShowStatus};
pub use service::ShowService;
pub use slug::Slug;
