//! Identifiers: one type a record, so that they cannot be mixed up, and the port that makes new ones.

use thiserror::Error;
use uuid::Uuid;

/// Makes new identifiers.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait IdSource: Send + Sync {
    /// A new UUIDv7 (RFC 9562 section 5.7); never the same one twice.
    fn next(&self) -> Uuid;
}

/// The text is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("expected a UUID")]
pub struct ParseIdError;

/// Declares an identifier type that wraps a [`Uuid`].
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
        pub struct $name(uuid::Uuid);

        impl $name {
            /// Takes `uuid` as this kind of identifier.
            #[must_use]
            pub const fn new(uuid: uuid::Uuid) -> Self {
                Self(uuid)
            }

            /// The bare UUID.
            #[must_use]
            pub const fn uuid(self) -> uuid::Uuid {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::ParseIdError;

            /// Reads the hyphenated form, in either case.
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() != uuid::fmt::Hyphenated::LENGTH {
                    return Err($crate::ParseIdError);
                }
                uuid::Uuid::try_parse(text).map(Self).map_err(|_| $crate::ParseIdError)
            }
        }
    };
}

pub(crate) use id;
