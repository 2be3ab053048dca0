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

/// The text names no store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must begin with sqlite: or postgres://")]
pub struct LocationError;

impl Location {
    /// Reads `sqlite:PATH`, `sqlite:` alone for `showrunner.db` in `data_dir`, or `postgres://…`. A relative path is
    /// meant from `data_dir`.
    pub fn parse(text: &str, data_dir: &Path) -> Result<Self, LocationError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        match text.strip_prefix("sqlite:").ok_or(LocationError)? {
            "" => Ok(Self::Sqlite(data_dir.join("showrunner.db"))),
            path => Ok(Self::Sqlite(data_dir.join(path))),
        }
    }
}

/// Never shows a password.
impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let place = url.rsplit_once('@').map_or("", |(_, place)| place);
                write!(f, "postgres://…@{place}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_in_the_data_folder_unless_its_path_is_absolute() {
        let at = |text| Location::parse(text, Path::new("/data"));
        assert_eq!(at("sqlite:"), Ok(Location::Sqlite("/data/showrunner.db".into())));
        assert_eq!(at("sqlite:other.db"), Ok(Location::Sqlite("/data/other.db".into())));
        assert_eq!(at("sqlite:/tmp/x.db"), Ok(Location::Sqlite("/tmp/x.db".into())));
        assert_eq!(at("mysql://x"), Err(LocationError));
    }

    #[test]
    fn a_password_is_never_shown() {
        let location = Location::parse("postgres://app:secret@db/showrunner", Path::new("/data")).unwrap();
        assert_eq!(format!("{location:?}"), "postgres://…@db/showrunner");
    }
}
