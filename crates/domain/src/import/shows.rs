//! Which show the rows of a table mean: one that is there, or one that the import brings into being.

use std::collections::{BTreeMap, HashMap};

use super::{Problems, Row};
use crate::episode::fold;
use crate::show::{Show, ShowId, ShowName, Slug};

/// What two names of one show have in common: the slug that they suggest, or in other scripts the folded name.
pub(super) fn key(name: &ShowName) -> String {
    Slug::of(name.as_str()).map_or_else(|| fold(name.as_str()), |slug| slug.to_string())
}

/// The shows that a table names.
#[derive(Default)]
pub(super) struct Shows {
    known: HashMap<String, ShowId>,
    missing: BTreeMap<String, ShowName>,
}

impl Shows {
    /// The names in `rows`, each once.
    pub(super) fn names(rows: &[Row]) -> Vec<ShowName> {
        let names: BTreeMap<String, &ShowName> =
            rows.iter().filter_map(|row| row.show.as_ref()).map(|name| (key(name), name)).collect();
        names.into_values().cloned().collect()
    }

    /// Finds each name of `rows` among `found`. A slug counts before a name; a name that several shows share does not
    /// say which is meant.
    pub(super) fn resolve(rows: &[Row], found: &[Show], problems: &mut Problems) -> Self {
        let mut shows = Self::default();
        for row in rows {
            let Some(name) = &row.show else { continue };
            let key = key(name);
            if shows.known.contains_key(&key) || shows.missing.contains_key(&key) {
                continue;
            }
            let by_slug = found.iter().find(|show| show.slug.as_str() == name.as_str() || show.slug.as_str() == key);
            let by_name: Vec<&Show> =
                found.iter().filter(|show| fold(show.name.as_str()) == fold(name.as_str())).collect();
            match (by_slug, by_name.as_slice()) {
                (Some(show), _) | (None, &[show]) => {
                    shows.known.insert(key, show.id);
                }
                (None, []) => {
                    shows.missing.insert(key, name.clone());
                }
                (None, several) => {
                    let count = several.len();
                    problems.note(row.line, 1, format!("{count} shows are called {name}: write the slug of one"));
                    shows.known.insert(key, several[0].id);
                }
            }
        }
        shows
    }

    /// The names of shows that are not there yet, each once.
    pub(super) fn missing(&self) -> impl Iterator<Item = &ShowName> {
        self.missing.values()
    }

    /// Notes which show a name means from now on.
    pub(super) fn learn(&mut self, show: &Show) {
        self.known.insert(key(&show.name), show.id);
    }

    /// The show that a row belongs to.
    pub(super) fn of(&self, row: &Row) -> Option<ShowId> {
        self.known.get(&key(row.show.as_ref()?)).copied()
    }
}
