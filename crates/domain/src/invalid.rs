//! Why a value was refused, in words for whoever sent it.

use serde::Serialize;
use thiserror::Error;

/// The reason for refusing one value.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum Invalid {
    /// Text that must say something says nothing.
    #[error("must not be empty")]
    Empty,
    /// Text beyond its limit, counted in Unicode scalar values.
    #[error("must be at most {max} characters long")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// Text below its least length, counted in Unicode scalar values.
    #[error("must be at least {min} characters long")]
    TooShort {
        /// The least length.
        min: usize,
    },
    /// A control character where none may stand.
    #[error("must not contain control characters")]
    ControlCharacter,
    /// A number outside its range.
    #[error("must be between {min} and {max}")]
    OutOfRange {
        /// The smallest allowed value.
        min: f64,
        /// The largest allowed value.
        max: f64,
    },
    /// More items than a list may hold.
    #[error("must hold at most {max} items")]
    TooMany {
        /// The limit.
        max: usize,
    },
    /// Not of the expected form.
    #[error("must be {expected}")]
    Malformed {
        /// What was expected, as the end of the sentence "must be …".
        expected: &'static str,
    },
}

/// A refused value and the field that it was meant for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldError {
    /// The field's name as the sender wrote it.
    pub field: String,
    /// What to change, as a sentence without its subject.
    pub message: String,
}

impl FieldError {
    /// Says that `field` is wrong because of `reason`.
    pub fn new(field: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self { field: field.into(), message: reason.to_string() }
    }
}
