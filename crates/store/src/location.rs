//! Where the store is.

use std::fmt;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Where the store is.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of SQLite's.
    Sqlite(PathBuf),
    /// A database of Postgres, as libpq's connection URI.
    Postgres(String),
}

/// The text names no store. It is not repeated: it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum LocationError {
    /// It is the URL of nothing that we know.
    #[error("must begin with sqlite: or postgres://")]
    Scheme,
    /// It is SQLite's, and holds another URL.
    #[error("must have a path behind sqlite:, and not a URL")]
    NoPath,
    /// It is Postgres's, but not as libpq reads it.
    #[error(
        "must be postgres://USER:PASSWORD@HOST:PORT/DATABASE?NAME=VALUE&…, with each of @ / ? # : % & = [ ] and blanks \
         percent-encoded where it belongs to a name, a password or a value (@ is %40)"
    )]
    Malformed,
}

impl Location {
    /// Reads `sqlite:PATH`, `sqlite:` alone for `showrunner.db` in `data_dir`, or `postgres://…`. A relative path is
    /// meant from `data_dir`.
    pub fn parse(text: &str, data_dir: &Path) -> Result<Self, LocationError> {
        if let Some(rest) = text.strip_prefix("postgres://").or_else(|| text.strip_prefix("postgresql://")) {
            return if is_unambiguous(rest) {
                Ok(Self::Postgres(text.to_owned()))
            } else {
                Err(LocationError::Malformed)
            };
        }
        match text.strip_prefix("sqlite:").ok_or(LocationError::Scheme)? {
            "" => Ok(Self::Sqlite(data_dir.join("showrunner.db"))),
            path if path.contains("://") => Err(LocationError::NoPath),
            path => Ok(Self::Sqlite(data_dir.join(path))),
        }
    }
}

/// Whether libpq can only read this as it is meant (section 34.1.1.2 of its documentation). It ends a password at the
/// first `@` or `/`: one with such a letter in it would become part of the host, the port or the database, and stand in
/// messages.
fn is_unambiguous(rest: &str) -> bool {
    let (rest, parameters) = rest.split_once('?').map_or((rest, None), |(rest, parameters)| (rest, Some(parameters)));
    let (authority, database) = rest.split_once('/').unwrap_or((rest, ""));
    let (user, hosts) = authority.rsplit_once('@').unwrap_or(("", authority));
    let plain = |text: &str| !text.contains('@') && is_encoded(text);
    let parameter =
        |pair: &str| matches!(pair.split_once('='), Some((_, value)) if !value.contains('=')) && plain(pair);
    plain(user)
        && hosts.split(',').all(is_host)
        && plain(database)
        && !database.contains([':', '/'])
        && parameters.is_none_or(|parameters| parameters.split('&').all(parameter))
}

/// A host with a port or without: a name, an address, one in brackets, or an encoded path.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((address, port))) => (address, port),
        Some(None) => return false,
        None => text.find(':').map_or((text, ""), |colon| text.split_at(colon)),
    };
    let in_brackets = text.starts_with('[');
    let letter = |c: char| c.is_alphanumeric() || "-._~%".contains(c) || (in_brackets && c == ':');
    let port = port.strip_prefix(':').map_or(port.is_empty(), |port| port.is_empty() || port.parse::<u16>().is_ok());
    host.chars().all(letter) && is_encoded(host) && port
}

/// Whether every `%` begins the code of a byte other than zero, and nothing is there that must be encoded.
fn is_encoded(text: &str) -> bool {
    let code = |piece: &str| {
        let digits = piece.get(..2).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        digits.is_some_and(|digits| digits != "00")
    };
    text.split('%').skip(1).all(code) && !text.contains(|c: char| c.is_control() || c.is_whitespace())
}

/// For people: without user, password and parameters.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let rest = rest.split_once('?').map_or(rest, |(rest, _)| rest);
                write!(f, "postgres://{}", rest.rsplit_once('@').map_or(rest, |(_, place)| place))
            }
        }
    }
}

/// Never shows a password.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Result<Location, LocationError> {
        Location::parse(text, Path::new("/data"))
    }

    #[test]
    fn a_file_lies_in_the_data_folder_unless_its_path_is_absolute() {
        assert_eq!(at("sqlite:"), Ok(Location::Sqlite("/data/showrunner.db".into())));
        assert_eq!(at("sqlite:other.db"), Ok(Location::Sqlite("/data/other.db".into())));
        assert_eq!(at("sqlite:/tmp/x.db"), Ok(Location::Sqlite("/tmp/x.db".into())));
        assert_eq!(at("mysql://x"), Err(LocationError::Scheme));
        assert_eq!(at("sqlite:postgres://app:secret@db/x"), Err(LocationError::NoPath));
    }

    #[test]
    fn a_url_that_libpq_reads_as_it_is_meant_is_taken_as_it_is() {
        for url in [
            "postgres://",
            "postgres:///showrunner",
            "postgresql://app@db",
            "postgres://app:secret@db/showrunner",
            "postgres://app:s%40cr%2Fet@db:5432/showrunner?sslmode=verify-full&sslrootcert=system",
            "postgres://app:s!e$c'r(e)t*+,;:#[]@one:5432,two:5433/showrunner?target_session_attrs=read-write",
            "postgres://app:geheimß@[::1]:5432/showrunner",
            "postgres://app:secret@%2Fvar%2Frun%2Fpostgresql/showrunner",
            "postgres:///showrunner?host=/var/run/postgresql&user=app",
        ] {
            assert_eq!(at(url), Ok(Location::Postgres(url.to_owned())), "{url}");
        }
    }

    #[test]
    fn a_url_that_libpq_would_take_apart_in_another_way_is_refused_without_repeating_it() {
        for url in [
            "postgres://app:hunter@seven@db/showrunner",
            "postgres://app:hunter/seven@db/showrunner",
            "postgres://app:hunter?seven@db/showrunner",
            "postgres://app:hunter%seven@db/showrunner",
            "postgres://app:hunter%00seven@db/showrunner",
            "postgres://app:hunter%2",
            "postgres://app:hunter seven@db/showrunner",
            "postgres://app:hunter\n@db/showrunner",
            "postgres://app:hunterseven",
            "postgres://app:hunterseven/db",
            "postgres://app:hunterseven@db:port/showrunner",
            "postgres://app:hunterseven@db:99999/showrunner",
            "postgres://app:hunterseven@[::1/showrunner",
            "postgres://app:hunterseven@db/showrunner?sslmode",
            "postgres://db/showrunner?user=app&password=hunter&seven",
            "postgres://db/showrunner?user=app&password=hunter=seven",
            "postgres://db/showrunner?user=app&password=hunter@seven",
            "postgres:///app:hunterseven@db/showrunner",
            "postgres:///app:hunterseven",
            "postgres://db/app/hunterseven",
        ] {
            let refused = at(url).unwrap_err().to_string();
            assert!(!refused.contains("hunter") && !refused.contains("seven"), "{url}: {refused}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        for url in ["postgres://app:secret@db/showrunner", "postgres://db/showrunner?user=app&password=secret"] {
            let location = at(url).unwrap();
            assert_eq!(format!("{location:?} {location}"), "postgres://db/showrunner postgres://db/showrunner");
        }
    }
}
