//! Who waits for an answer, and may go before it comes.

/// The client that an answer is for.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Receiver: Send + Sync {
    /// Whether it is known that nobody will take the answer: the client has closed its connection, or the half of it that
    /// it sends on. It may have gone without that being known.
    fn is_gone(&self) -> bool;
}
