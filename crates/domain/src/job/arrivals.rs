//! What has come to the queue: what workers wait for.

/// How often something has come to the queue of jobs, as one process has seen it. It only grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrivals(u64);

impl Arrivals {
    /// This many.
    #[must_use]
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}
