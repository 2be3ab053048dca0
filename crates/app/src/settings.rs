//! Settings: defaults, then the file, then the environment, then flags; all problems are reported at once.

use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use config::{Config, ConfigError, Environment, File, FileFormat};
use serde::Deserialize;
use showrunner_domain::file::{FileLimits, FileType};
use showrunner_store::Location;
use thiserror::Error;
use tracing_subscriber::EnvFilter;

use crate::cli::Flags;

/// What the program goes by.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where data and keys are kept.
    pub(crate) data_dir: PathBuf,
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// Where the store is.
    pub(crate) database: Location,
    /// The folder of the bytes of files.
    pub(crate) blobs: PathBuf,
    /// How large files may be.
    pub(crate) file_limits: FileLimits,
    /// What is logged.
    pub(crate) log: EnvFilter,
}

/// Settings that cannot be used, each with its reason. Values are not repeated: they may be secrets.
#[derive(Debug, Error)]
pub(crate) struct SettingsError(Vec<String>);

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the settings cannot be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// One source of settings.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Layer {
    data_dir: Option<String>,
    listen: Option<String>,
    database_url: Option<String>,
    blobs_url: Option<String>,
    file_limits: Option<String>,
    log: Option<String>,
}

impl Layer {
    /// This layer where it says something, `below` where it does not.
    fn over(self, below: Self) -> Self {
        Self {
            data_dir: self.data_dir.or(below.data_dir),
            listen: self.listen.or(below.listen),
            database_url: self.database_url.or(below.database_url),
            blobs_url: self.blobs_url.or(below.blobs_url),
            file_limits: self.file_limits.or(below.file_limits),
            log: self.log.or(below.log),
        }
    }
}

impl Settings {
    /// Reads the settings from every source.
    pub(crate) fn read(flags: Flags) -> Result<Self, SettingsError> {
        let environment = Environment::with_prefix("SHOWRUNNER");
        Self::resolve(flags, Path::new("showrunner.toml"), environment)
    }

    fn resolve(flags: Flags, usual_file: &Path, environment: Environment) -> Result<Self, SettingsError> {
        let mut problems = Vec::new();
        let file = read_file(flags.config.as_deref(), usual_file).unwrap_or_else(|error| {
            problems.push(format!("file: {error}"));
            Layer::default()
        });
        let environment = read_environment(environment).unwrap_or_else(|error| {
            problems.push(format!("environment: {error}"));
            Layer::default()
        });
        let flags = Layer {
            data_dir: flags.data_dir,
            listen: flags.listen,
            database_url: flags.database_url,
            blobs_url: flags.blobs_url,
            file_limits: flags.file_limits,
            log: flags.log,
        };
        let layer = flags.over(environment).over(file);
        let data_dir = PathBuf::from(layer.data_dir.as_deref().unwrap_or("./data"));
        let listen = layer.listen.as_deref().unwrap_or("127.0.0.1:3002").parse();
        let database = Location::parse(layer.database_url.as_deref().unwrap_or("sqlite:"), &data_dir);
        let blobs = blobs(layer.blobs_url.as_deref().unwrap_or("file:"), &data_dir);
        let file_limits = file_limits(layer.file_limits.as_deref().unwrap_or_default());
        let log = EnvFilter::builder().parse(layer.log.as_deref().unwrap_or("info"));
        match (listen, database, blobs, file_limits, log) {
            (Ok(listen), Ok(database), Ok(blobs), Ok(file_limits), Ok(log)) if problems.is_empty() => {
                Ok(Self { data_dir, listen, database, blobs, file_limits, log })
            }
            (listen, database, blobs, file_limits, log) => {
                let expected = "must be an address and a port, such as 127.0.0.1:3002";
                problems.extend(listen.err().map(|_| format!("listen: {expected}")));
                problems.extend(database.err().map(|error| format!("database_url: {error}")));
                problems.extend(blobs.err().map(|expected| format!("blobs_url: {expected}")));
                problems.extend(file_limits.err().map(|expected| format!("file_limits: {expected}")));
                problems.extend(log.err().map(|error| format!("log: {error}")));
                Err(SettingsError(problems))
            }
        }
    }
}

/// The folder that a URL names; `file:` alone is one in the data folder.
fn blobs(url: &str, data_dir: &Path) -> Result<PathBuf, &'static str> {
    let path = url.strip_prefix("file:").ok_or("must begin with file:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Ok(if path.is_empty() { data_dir.join("blobs") } else { PathBuf::from(path) })
}

/// The usual limits, but for those that `text` names in MiB.
fn file_limits(text: &str) -> Result<FileLimits, &'static str> {
    const EXPECTED: &str = "must name types and MiB, such as video=10240,image=25";
    let mut limits = FileLimits::default();
    for pair in text.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, mib) = pair.split_once('=').ok_or(EXPECTED)?;
        let kind = FileType::parse(name.trim()).ok_or(EXPECTED)?;
        let mib: u32 = mib.trim().parse().ok().filter(|mib| *mib > 0).ok_or(EXPECTED)?;
        *limits.of_mut(kind) = u64::from(mib) * 1024 * 1024;
    }
    Ok(limits)
}

fn read_file(named: Option<&Path>, usual: &Path) -> Result<Layer, ConfigError> {
    let (path, required) = named.map_or((usual, false), |path| (path, true));
    let file = File::from(path).format(FileFormat::Toml).required(required);
    Config::builder().add_source(file).build()?.try_deserialize()
}

/// Variables of other programs may begin alike, so only known ones are looked at.
fn read_environment(environment: Environment) -> Result<Layer, ConfigError> {
    let found = Config::builder().add_source(environment).build()?;
    let text = |key| found.get_string(key).ok();
    Ok(Layer {
        data_dir: text("data_dir"),
        listen: text("listen"),
        database_url: text("database_url"),
        blobs_url: text("blobs_url"),
        file_limits: text("file_limits"),
        log: text("log"),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Environment {
        let pairs: HashMap<String, String> =
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        Environment::with_prefix("SHOWRUNNER").source(Some(pairs))
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, "data_dir = \"/file\"\nlisten = \"127.0.0.1:1\"\nlog = \"warn\"\n").unwrap();
        let flags = Flags { config: Some(file), data_dir: Some("/flags".into()), ..Flags::default() };
        let env = environment(&[("SHOWRUNNER_DATA_DIR", "/env"), ("SHOWRUNNER_LISTEN", "127.0.0.1:2")]);
        let settings = Settings::resolve(flags, Path::new("none.toml"), env).unwrap();
        assert_eq!(settings.data_dir, Path::new("/flags"));
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.log.to_string(), "warn");
        assert_eq!(settings.database, Location::Sqlite("/flags/showrunner.db".into()));
    }

    #[test]
    fn all_problems_are_told_at_once_and_no_value_is_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, "colour = \"red\"\n").unwrap();
        let flags = Flags {
            config: Some(file),
            listen: Some("everywhere".into()),
            database_url: Some("mysql://app:secret@db".into()),
            ..Flags::default()
        };
        let error = Settings::resolve(flags, Path::new("none.toml"), environment(&[])).unwrap_err().to_string();
        for part in ["file:", "colour", "listen:", "database_url:"] {
            assert!(error.contains(part), "{part} in {error}");
        }
        assert!(!error.contains("secret"));
    }

    #[test]
    fn limits_and_the_place_of_files_are_read_or_refused() {
        assert_eq!(file_limits("").unwrap(), FileLimits::default());
        let limits = file_limits("image=1, video=2").unwrap();
        assert_eq!((limits.image, limits.video, limits.script), (1 << 20, 2 << 20, 5 << 20));
        for wrong in ["image", "image=0", "image=x", "picture=1", "image=1;video=2"] {
            assert!(file_limits(wrong).is_err(), "{wrong}");
        }
        let place = |url| blobs(url, Path::new("/data"));
        assert_eq!(place("file:").unwrap(), Path::new("/data/blobs"));
        assert_eq!(
            [place("file:/mnt/x").unwrap(), place("file:///mnt/x").unwrap()],
            [PathBuf::from("/mnt/x"), PathBuf::from("/mnt/x")]
        );
        assert!(place("/mnt/x").is_err());
    }

    #[test]
    fn a_named_file_must_exist_and_the_usual_one_need_not() {
        let missing = Flags { config: Some("/nowhere/x.toml".into()), ..Flags::default() };
        assert!(Settings::resolve(missing, Path::new("none.toml"), environment(&[])).is_err());
        assert!(Settings::resolve(Flags::default(), Path::new("none.toml"), environment(&[])).is_ok());
    }
}
