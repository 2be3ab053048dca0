//! The port to tables as text.

use super::Sheet;

/// Reads and writes comma-separated values (RFC 4180).
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait TableText: Send + Sync {
    /// The table that `file` holds. Its first row names the columns.
    fn read(&self, file: &[u8]) -> Sheet;

    /// One row as a line, with its end.
    fn row(&self, cells: &[String]) -> Vec<u8>;
}
