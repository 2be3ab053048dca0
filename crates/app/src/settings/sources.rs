//! Where settings come from. Values are never repeated in what is said of them: any of them may be a secret that was
//! put into the wrong place.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use strsim::damerau_levenshtein;

/// The names of all settings, as they stand in the file.
pub(super) const NAMES: [&str; 8] =
    ["data_dir", "listen", "database_url", "blobs_url", "file_limits", "trusted_proxies", "forwarded_header", "log"];
/// What the name of every setting's environment variable begins with.
const PREFIX: &str = "SHOWRUNNER_";
/// Variables of this project that are no settings: one of `scripts/smoke.sh`, one of the tests.
const NO_SETTINGS: [&str; 2] = ["SHOWRUNNER_TOKEN", "SHOWRUNNER_TEST_POSTGRES"];
/// How long a name may be that is repeated.
const LONGEST_NAME: usize = 40;

/// What one source says: values by the names of settings.
pub(super) type Layer = BTreeMap<&'static str, String>;

/// A variable that looks like a setting's and is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnknownVariable {
    /// Its name.
    pub(crate) name: String,
    /// The most similar name that is one.
    pub(crate) nearest: String,
}

/// Reads the file that was named, or else the first of the usual ones that exists.
pub(super) fn read_file(named: Option<&Path>, usual: &[&Path], problems: &mut Vec<String>) -> Layer {
    for path in named.map_or_else(|| usual.to_vec(), |path| vec![path]) {
        match fs::read_to_string(path) {
            Ok(text) => {
                let (layer, found) = parse_file(&text);
                problems.extend(found.into_iter().map(|problem| format!("file {}: {problem}", path.display())));
                return layer;
            }
            Err(error) if error.kind() == ErrorKind::NotFound && named.is_none() => {}
            Err(error) => {
                problems.push(format!("file {}: cannot be read: {error}", path.display()));
                return Layer::new();
            }
        }
    }
    Layer::new()
}

/// What the text of a file says, and what is wrong with it.
fn parse_file(text: &str) -> (Layer, Vec<String>) {
    let table = match text.parse::<toml::Table>() {
        Ok(table) => table,
        Err(error) => {
            let before = error.span().map_or(text, |span| text.get(..span.start).unwrap_or(text));
            let line = before.matches('\n').count() + 1;
            return (
                Layer::new(),
                vec![format!("line {line} is no TOML: text needs quotation marks, name = \"value\"")],
            );
        }
    };
    let (mut layer, mut problems) = (Layer::new(), Vec::new());
    for (name, value) in &table {
        match (known(name), value.as_str()) {
            (Some(name), Some(value)) => drop(layer.insert(name, value.to_owned())),
            (Some(name), None) => problems.push(format!("{name} must be text in quotation marks")),
            (None, _) if is_presentable(name) => {
                problems.push(format!("there is no setting {name}: did you mean {}?", nearest(name)));
            }
            (None, _) => problems.push("a name is none of a setting".to_owned()),
        }
    }
    (layer, problems)
}

/// Reads the environment. Empty variables count as unset. Those of other programs may begin alike, so an unknown one is no
/// problem, but it may be a mistake.
pub(super) fn read_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
    problems: &mut Vec<String>,
) -> (Layer, Vec<UnknownVariable>) {
    let (mut layer, mut unknown) = (Layer::new(), Vec::new());
    for (variable, value) in variables.filter(|(_, value)| !value.is_empty()) {
        let Ok(variable) = variable.into_string() else { continue };
        let upper = variable.to_ascii_uppercase();
        let Some(name) = upper.strip_prefix(PREFIX).map(str::to_ascii_lowercase) else { continue };
        match (known(&name), value.into_string()) {
            (Some(name), Ok(value)) => drop(layer.insert(name, value)),
            (Some(_), Err(_)) => problems.push(format!("environment: {upper} must be UTF-8")),
            (None, _) if NO_SETTINGS.contains(&upper.as_str()) => {}
            (None, _) => {
                let nearest = format!("{PREFIX}{}", nearest(&name).to_ascii_uppercase());
                unknown.push(UnknownVariable { name: variable, nearest });
            }
        }
    }
    unknown.sort_by(|one, other| one.name.cmp(&other.name));
    (layer, unknown)
}

fn known(name: &str) -> Option<&'static str> {
    NAMES.into_iter().find(|known| *known == name)
}

/// The setting whose name is most similar.
fn nearest(name: &str) -> &'static str {
    NAMES.into_iter().min_by_key(|known| damerau_levenshtein(known, name)).unwrap_or_default()
}

/// Whether a name can be repeated: it looks like one, and not like a value in its place.
fn is_presentable(name: &str) -> bool {
    name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_of_a_file_is_repeated_whatever_is_wrong_with_it() {
        for text in [
            "database_url = postgres://app:hunter2@db/showrunner",
            "log = \"info\"\ndatabase_url = postgres://app:hunter2@db/showrunner",
            "database_url = \"postgres://app:hunter2@db/showrunner",
            "database_url = 'postgres://app:hunter2@db\n/showrunner'",
            "database_url = \"postgres://app:\\hunter2@db/showrunner\"",
            "database_url = [\"postgres://app:hunter2@db/showrunner\"]",
            "database_url = { password = \"hunter2\" }",
            "[database_url]\nhunter2 = 1",
            "postgres://app:hunter2@db/showrunner",
            "\"postgres://app:hunter2@db/showrunner\" = 1",
            "database_url: postgres://app:hunter2@db/showrunner",
            "database_url postgres://app:hunter2@db/showrunner",
            "database_url = \"a\"\ndatabase_url = \"postgres://app:hunter2@db/showrunner\"",
            "hunter2 = 1",
        ] {
            let (_, problems) = parse_file(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(!problems[0].contains("hunter2"), "{text}: {problems:?}");
        }
        let (_, problems) = parse_file("log = \"info\"\n\nlisten = everywhere\n");
        assert!(problems[0].starts_with("line 3 "), "{problems:?}");
    }

    #[test]
    fn an_unknown_name_is_told_with_the_nearest_one() {
        let (layer, problems) = parse_file("databse_url = \"sqlite:\"\nlisten = \"127.0.0.1:1\"");
        assert_eq!(layer.get("listen").map(String::as_str), Some("127.0.0.1:1"));
        assert_eq!(problems, ["there is no setting databse_url: did you mean database_url?"]);
    }

    #[test]
    fn an_unknown_variable_is_told_with_the_nearest_one_and_others_are_left_alone() {
        let pairs = [
            ("SHOWRUNNER_LISTEN", "127.0.0.1:1"),
            ("showrunner_log", "debug"),
            ("SHOWRUNNER_DATABSE_URL", "postgres://app:secret@db"),
            ("SHOWRUNNER_DATA", ""),
            ("SHOWRUNNER_TOKEN", "secret"),
            ("PATH", "/bin"),
        ];
        let mut problems = Vec::new();
        let pairs = pairs.into_iter().map(|(name, value)| (name.into(), value.into()));
        let (layer, unknown) = read_environment(pairs, &mut problems);
        assert_eq!(layer, Layer::from([("listen", "127.0.0.1:1".to_owned()), ("log", "debug".to_owned())]));
        let (name, nearest) = ("SHOWRUNNER_DATABSE_URL".to_owned(), "SHOWRUNNER_DATABASE_URL".to_owned());
        assert_eq!(unknown, [UnknownVariable { name, nearest }]);
        assert!(problems.is_empty());
    }

    #[test]
    fn the_first_of_the_usual_files_is_read_and_a_named_one_alone() {
        let folder = tempfile::tempdir().unwrap();
        let [here, there] = ["here.toml", "there.toml"].map(|name| folder.path().join(name));
        fs::write(&there, "log = \"there\"").unwrap();
        let read = |named: Option<&Path>| {
            let mut problems = Vec::new();
            let layer = read_file(named, &[&here, &there], &mut problems);
            (layer.get("log").cloned(), problems)
        };
        assert_eq!(read(None).0.as_deref(), Some("there"));
        fs::write(&here, "log = \"here\"").unwrap();
        assert_eq!(read(None).0.as_deref(), Some("here"));
        assert_eq!(read(Some(&there)).0.as_deref(), Some("there"));
        let missing = folder.path().join("missing.toml");
        let (layer, problems) = read(Some(&missing));
        assert!(layer.is_none() && problems[0].contains(missing.to_str().unwrap()), "{problems:?}");
    }
}
