//! Who may learn of an event.

use std::fmt;

use crate::identity::UserId;

/// The class of people who may learn of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Audience {
    /// Everybody who may read records.
    Readers,
    /// Administrators.
    Admins,
    /// One user.
    User(UserId),
}

impl Audience {
    /// Reads the form that [`Display`](fmt::Display) writes. What this release does not know is for administrators.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "readers" => Self::Readers,
            other => other.parse().map_or(Self::Admins, Self::User),
        }
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Readers => f.write_str("readers"),
            Self::Admins => f.write_str("admins"),
            Self::User(id) => id.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audience_survives_its_own_text_and_an_unknown_one_stays_closed() {
        let user = Audience::User(UserId::new(uuid::Uuid::from_u128(7)));
        for audience in [Audience::Readers, Audience::Admins, user] {
            assert_eq!(Audience::parse(&audience.to_string()), audience);
        }
        assert_eq!(Audience::parse("guests"), Audience::Admins);
    }
}
