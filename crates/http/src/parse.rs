//! Text as values, alike in bodies and in queries.

use chrono::NaiveDate;
use showrunner_domain::episode::EpisodeStatus;
use showrunner_domain::show::{ShowId, ShowStatus};
use showrunner_domain::{Invalid, Timestamp};

/// A whole number in decimal digits, with `-` before it where it is negative.
pub(crate) fn whole(text: &str) -> Result<i64, Invalid> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    text.parse().ok().filter(|_| plain).ok_or(Invalid::Malformed { expected: "a whole number" })
}

/// `true` or `false`.
pub(crate) fn boolean(text: &str) -> Result<bool, Invalid> {
    text.parse().map_err(|_| Invalid::Malformed { expected: "true or false" })
}

/// A day as RFC 3339 writes it (`full-date`).
pub(crate) fn date(text: &str) -> Result<NaiveDate, Invalid> {
    let form = |(place, byte): (usize, u8)| if matches!(place, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    let full = text.len() == 10 && text.bytes().enumerate().all(form);
    let day = if full { text.parse().ok() } else { None };
    day.ok_or(Invalid::Malformed { expected: "a date, such as 2008-01-20" })
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

/// The status of a show.
pub(crate) fn show_status(text: &str) -> Result<ShowStatus, Invalid> {
    let expected = "one of in_development, active, archived and cancelled";
    ShowStatus::parse(text).ok_or(Invalid::Malformed { expected })
}

/// The status of an episode.
pub(crate) fn status(text: &str) -> Result<EpisodeStatus, Invalid> {
    let expected = "one of draft, pending, approved, rejected, published and archived";
    EpisodeStatus::parse(text).ok_or(Invalid::Malformed { expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_has_one_form() {
        assert_eq!((whole("7"), whole("-7"), whole("0")), (Ok(7), Ok(-7), Ok(0)));
        for text in ["", "-", "+7", "7.0", " 7", "7 ", "0x7", "99999999999999999999", "٧"] {
            assert!(whole(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_date_has_ten_characters_and_exists() {
        assert!(date("2008-02-29").is_ok());
        for text in ["2007-02-29", "2008-2-29", "+2008-02-2", "2008/02/29", "2008-02-29T00:00:00Z", "", "ä008-02-2"] {
            assert!(date(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_uuid_is_written_with_hyphens() {
        assert!(uuid("00000000-0000-7000-8000-00000000000A").is_ok());
        for text in ["", "0000000000007000800000000000000a", "{00000000-0000-7000-8000-00000000000a}", "7"] {
            assert!(uuid(text).is_err(), "{text:?}");
        }
    }
}
