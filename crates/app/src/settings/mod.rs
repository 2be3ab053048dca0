//! Settings: defaults, then the file, then the environment, then flags; all problems are reported at once.

mod sources;

use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use showrunner_domain::file::{FileLimits, FileType};
use showrunner_store::Location;
use showrunner_web::{ForwardedHeader, TrustedProxies};
use thiserror::Error;
use tracing_subscriber::EnvFilter;

use crate::cli::Flags;
pub(crate) use sources::UnknownVariable;
use sources::{Layer, read_environment, read_file};

/// The files that are read where none is named: the first one that exists.
const USUAL_FILES: [&str; 2] = ["showrunner.toml", "/etc/showrunner.toml"];

/// What the program goes by.
#[derive(Debug)]
pub(crate) struct Settings {
    /// Where data and keys are kept.
    pub(crate) data_dir: PathBuf,
    /// Whether somebody named the data folder: it is the usual one otherwise, from wherever the command was typed.
    pub(crate) data_dir_is_named: bool,
    /// The address to listen on.
    pub(crate) listen: SocketAddr,
    /// Where the store is.
    pub(crate) database: Location,
    /// The folder of the bytes of files.
    pub(crate) blobs: PathBuf,
    /// How large files may be.
    pub(crate) file_limits: FileLimits,
    /// Whose word is taken for the addresses of clients.
    pub(crate) proxies: TrustedProxies,
    /// What is logged.
    pub(crate) log: EnvFilter,
    /// Variables that look like settings and are none.
    pub(crate) unknown: Vec<UnknownVariable>,
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

impl Settings {
    /// Reads the settings from every source.
    pub(crate) fn read(flags: Flags) -> Result<Self, SettingsError> {
        Self::resolve(flags, &USUAL_FILES.map(Path::new), std::env::vars_os())
    }

    fn resolve(
        flags: Flags,
        usual_files: &[&Path],
        environment: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<Self, SettingsError> {
        let mut problems = Vec::new();
        let mut layer = read_file(flags.config.as_deref(), usual_files, &mut problems);
        let (environment, unknown) = read_environment(environment, &mut problems);
        layer.extend(environment);
        layer.extend(given(flags));

        let data_dir_is_named = layer.contains_key("data_dir");
        let mut values = Values { layer, problems };
        let data_dir = values.parse("data_dir", "./data", folder);
        let listen = values.parse("listen", "127.0.0.1:3002", address);
        let within = data_dir.clone().unwrap_or_default();
        let database = values.parse("database_url", "sqlite:", |text| Location::parse(text, &within));
        let blobs = values.parse("blobs_url", "file:", |text| blobs(text, &within));
        let file_limits = values.parse("file_limits", "", file_limits);
        let networks = values.parse("trusted_proxies", "", networks);
        let header = values.parse("forwarded_header", "x-forwarded-for", ForwardedHeader::parse);
        let log = values.parse("log", "info", filter);
        match (data_dir, listen, database, blobs, file_limits, networks, header, log) {
            (
                Some(data_dir),
                Some(listen),
                Some(database),
                Some(blobs),
                Some(file_limits),
                Some(networks),
                Some(header),
                Some(log),
            ) if values.problems.is_empty() => {
                let proxies = TrustedProxies { networks, header };
                Ok(Self { data_dir, data_dir_is_named, listen, database, blobs, file_limits, proxies, log, unknown })
            }
            _ => Err(SettingsError(values.problems)),
        }
    }
}

/// The values of all sources together, and what is wrong with them.
struct Values {
    layer: Layer,
    problems: Vec<String>,
}

impl Values {
    /// The setting `name`, or what is usual, as `parse` reads it. A reason never holds the value.
    fn parse<T, E: fmt::Display>(
        &mut self,
        name: &str,
        usual: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(self.layer.get(name).map_or(usual, String::as_str)) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.problems.push(format!("{name}: {reason}"));
                None
            }
        }
    }
}

/// What the command line says.
fn given(flags: Flags) -> Layer {
    let values = [
        ("data_dir", flags.data_dir),
        ("listen", flags.listen),
        ("database_url", flags.database_url),
        ("blobs_url", flags.blobs_url),
        ("file_limits", flags.file_limits),
        ("trusted_proxies", flags.trusted_proxies),
        ("forwarded_header", flags.forwarded_header),
        ("log", flags.log),
    ];
    values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// A folder. One that looks like a URL stands in the wrong place, and may hold a password.
fn folder(text: &str) -> Result<PathBuf, &'static str> {
    if text.is_empty() || text.contains("://") { Err("must be the path of a folder") } else { Ok(PathBuf::from(text)) }
}

fn address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "must be an address and a port, such as 127.0.0.1:3002")
}

fn networks(text: &str) -> Result<Vec<IpNet>, &'static str> {
    let networks = text.split(',').map(str::trim).filter(|network| !network.is_empty());
    let parse = |network: &str| {
        let address = |_| network.parse::<IpAddr>().map(IpNet::from);
        network.parse().or_else(address).map_err(|_| "must be networks, such as 127.0.0.1/32,::1/128,10.0.0.0/8")
    };
    networks.map(parse).collect()
}

fn filter(text: &str) -> Result<EnvFilter, &'static str> {
    EnvFilter::builder().parse(text).map_err(|_| "must be a level, or directives such as info,showrunner_store=debug")
}

/// The folder that a URL names; `file:` alone is one in the data folder.
fn blobs(url: &str, data_dir: &Path) -> Result<PathBuf, &'static str> {
    let path = url.strip_prefix("file:").ok_or("must begin with file:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() { Ok(data_dir.join("blobs")) } else { folder(path) }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(flags: Flags, variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Settings::resolve(flags, &[Path::new("none.toml")], variables)
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, "data_dir = \"/file\"\nlisten = \"127.0.0.1:1\"\nlog = \"warn\"\n").unwrap();
        let flags = Flags { config: Some(file), data_dir: Some("/flags".into()), ..Flags::default() };
        let env = [("SHOWRUNNER_DATA_DIR", "/env"), ("SHOWRUNNER_LISTEN", "127.0.0.1:2")];
        let settings = resolve(flags, &env).unwrap();
        assert_eq!((settings.data_dir.as_path(), settings.data_dir_is_named), (Path::new("/flags"), true));
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.log.to_string(), "warn");
        assert_eq!(settings.database, Location::Sqlite("/flags/showrunner.db".into()));
        assert!(!resolve(Flags::default(), &[]).unwrap().data_dir_is_named);
    }

    #[test]
    fn all_problems_are_told_at_once_and_no_value_is_repeated() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        std::fs::write(&file, "colour = \"red\"\n").unwrap();
        let secret = || Some("mysql://app:secret@db".to_owned());
        let flags = Flags {
            config: Some(file),
            data_dir: secret(),
            listen: secret(),
            database_url: secret(),
            blobs_url: Some("file:mysql://app:secret@db".into()),
            file_limits: secret(),
            trusted_proxies: secret(),
            forwarded_header: secret(),
            log: Some("showrunner=secret".into()),
        };
        let error = resolve(flags, &[]).unwrap_err().to_string();
        for part in ["settings.toml", "colour"].into_iter().chain(sources::NAMES) {
            assert!(error.contains(part), "{part} in {error}");
        }
        assert!(!error.contains("secret"), "{error}");
    }

    #[test]
    fn trusted_proxies_are_networks_or_addresses() {
        let read = |text| networks(text).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(read(""), Vec::<String>::new());
        assert_eq!(read("127.0.0.1, ::1,10.0.0.0/8"), ["127.0.0.1/32", "::1/128", "10.0.0.0/8"]);
        for wrong in ["10.0.0.0/33", "proxy", "10.0.0.0/8;::1"] {
            assert!(networks(wrong).is_err(), "{wrong}");
        }
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
}
