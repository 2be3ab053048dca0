//! Text as values, alike in bodies and in queries.

use showrunner_domain::episode::EpisodeId;
use showrunner_domain::show::{ShowId, ShowStatus};
pub(crate) use showrunner_domain::text::{date, whole};
use showrunner_domain::{Invalid, Timestamp};

/// `true` or `false`.
pub(crate) fn boolean(text: &str) -> Result<bool, Invalid> {
    text.parse().map_err(|_| Invalid::Malformed { expected: "true or false" })
}

/// A point in time as RFC 3339 writes it.
pub(crate) fn time(text: &str) -> Result<Timestamp, Invalid> {
    Timestamp::parse(text).ok_or(Invalid::Malformed { expected: "a time, such as 2008-01-20T22:00:00Z" })
}

/// A hyphenated UUID.
pub(crate) fn uuid(text: &str) -> Result<uuid::Uuid, Invalid> {
    let hyphenated = text.parse().map(uuid::fmt::Hyphenated::into_uuid);
    hyphenated.map_err(|_| Invalid::Malformed { expected: "a UUID" })
}

/// The identifier of a show.
pub(crate) fn show_id(text: &str) -> Result<ShowId, Invalid> {
    uuid(text).map(ShowId::new)
}

/// The identifier of an episode.
pub(crate) fn episode_id(text: &str) -> Result<EpisodeId, Invalid> {
    uuid(text).map(EpisodeId::new)
}

/// The status of a show.
pub(crate) fn show_status(text: &str) -> Result<ShowStatus, Invalid> {
    let expected = "one of in_development, active, archived and cancelled";
    ShowStatus::parse(text).ok_or(Invalid::Malformed { expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uuid_is_written_with_hyphens() {
        assert!(uuid("00000000-0000-7000-8000-00000000000A").is_ok());
        for text in ["", "0000000000007000800000000000000a", "{00000000-0000-7000-8000-00000000000a}", "7"] {
            assert!(uuid(text).is_err(), "{text:?}");
        }
    }
}
