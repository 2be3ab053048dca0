//! The port to tables as text.

use async_trait::async_trait;

use super::Sheet;
use crate::show::ShowName;

/// Reads tables of episodes in JSON and as comma-separated values (RFC 4180), and writes the latter.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait TableText: Send + Sync {
    /// The table that `file` holds; rows that name no show are of `show`. A large file takes seconds of computing: that MUST
    /// NOT happen on the thread of the caller. What of a faulty row is kept MUST be bounded.
    async fn read(&self, file: Vec<u8>, show: Option<ShowName>) -> Sheet;

    /// One row as a line, with its end.
    fn row(&self, cells: &[String]) -> Vec<u8>;
}
