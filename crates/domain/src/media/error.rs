//! What can go wrong with media.

use thiserror::Error;

use crate::job::Failing;

/// Why something was not done with a video, a picture or an archive.
#[derive(Debug, Error)]
pub enum MediaError {
    /// The tool that this needs is not there.
    #[error("{tool} was not found on this machine: install it, or let a worker do this that has it")]
    Missing {
        /// The program's name.
        tool: &'static str,
    },
    /// The bytes are not what they should be, claim too much, or are cut off: no other try would change that.
    #[error("{reason}")]
    Unusable {
        /// What is wrong with them.
        reason: String,
    },
    /// It would have taken too long, or too much room.
    #[error("{reason}")]
    TooMuch {
        /// Which bound was reached.
        reason: String,
    },
    /// Something failed that may work another time.
    #[error("the tool failed: {0}")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl MediaError {
    /// Wraps a failure that may pass.
    pub fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failed(cause.into())
    }

    /// Says what is wrong with the bytes.
    pub fn unusable(reason: impl Into<String>) -> Self {
        Self::Unusable { reason: reason.into() }
    }
}

/// Only what the tool failed at may go well another time.
impl From<MediaError> for Failing {
    fn from(error: MediaError) -> Self {
        let told = error.to_string();
        match error {
            MediaError::Failed(_) => Self::for_now(&told),
            MediaError::Missing { .. } | MediaError::Unusable { .. } | MediaError::TooMuch { .. } => {
                Self::for_good(&told)
            }
        }
    }
}
