//! Imports: tables of episodes, taken wholly or not at all.
//!
//! An adapter, or what reads JSON here, cuts a file into cells and pushes them into a [`Sheet`], which checks each as the API would and keeps
//! every problem with its place. [`ImportService`] checks what only the store knows and commits one change set.

mod column;
mod data_import;
mod json;
mod list;
mod port;
mod problem;
mod service;
mod sheet;
mod shows;
mod table;

pub use column::Column;
pub use data_import::DataImport;
pub(crate) use json::cell_text;
pub use json::{is_json, read_json};
pub use port::ImportStore;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockImportStore;
pub use problem::{Problem, Problems};
pub use service::{ImportError, ImportService, Imported, Mode};
pub use sheet::{Cell, Row, Sheet};
#[cfg(any(test, feature = "mocks"))]
pub use table::MockTableText;
pub use table::TableText;
