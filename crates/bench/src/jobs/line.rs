//! What carries one thing at a time to the jobs and back.

use std::time::Duration;

use crate::BenchError;

/// The type of the jobs, which no worker of the program's own does.
pub(crate) const TYPE: &str = "bench-noop";

/// One who queues jobs or works on them.
pub(crate) trait Line: 'static {
    /// A claimed job.
    type Claimed: 'static;

    /// Queues a job and answers its identifier once that is durable.
    async fn enqueue(&mut self) -> Result<String, BenchError>;

    /// Claims jobs, at most `most`; where there are none it waits for some, at most for this time.
    async fn claim(&mut self, most: usize, patience: Duration) -> Result<Vec<Self::Claimed>, BenchError>;

    /// The identifier of a claimed job.
    fn id(claimed: &Self::Claimed) -> String;

    /// Completes claimed jobs; answers once that is durable.
    async fn complete(&mut self, claimed: Vec<Self::Claimed>) -> Result<(), BenchError>;
}
