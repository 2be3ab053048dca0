//! What connections are told of apart from the log.

use showrunner_domain::job::JobId;
use showrunner_domain::presence::Place;

/// Something that a connection watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Matter {
    /// Who looks at a record.
    Viewers(Place),
    /// How far a job is.
    Job(JobId),
    /// How far every job is.
    Jobs,
}
