//! Which show the rows of a table mean: one that is there, or one that the import creates.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Problems, Row};
use crate::fold;
use crate::show::{NewShow, Show, ShowId, ShowName, ShowPatch, Slug};

/// How a row names its show: by its name, by its slug, or by both. Names are told apart in their folded form, and cells that
/// are slugs from all others.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Reference {
    name: Option<String>,
    /// The cell of the name, where it is a slug.
    cell: Option<Slug>,
    slug: Option<Slug>,
}

impl Reference {
    /// What a row says; `None` where it is of no show.
    pub(super) fn parse(name: Option<&ShowName>, slug: Option<&Slug>) -> Option<Self> {
        let named = name.is_some() || slug.is_some();
        let cell = name.and_then(|name| Slug::parse(name.as_str()).ok());
        named.then(|| Self { name: name.map(|name| fold(name.as_str())), cell, slug: slug.cloned() })
    }
}

/// The show of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Target {
    /// It is there.
    Known(ShowId),
    /// The import creates it: its place among [`Shows::missing`].
    Missing(usize),
}

/// A show that is not there yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MissingShow {
    pub(super) name: ShowName,
    /// The slug that the table gives it.
    pub(super) slug: Option<Slug>,
}

/// The shows that a table names.
#[derive(Debug, Default)]
pub(super) struct Shows {
    targets: HashMap<Reference, Target>,
    missing: Vec<MissingShow>,
    /// The place of each among those: names without their slugs, unless these tell several shows apart.
    groups: HashMap<Reference, usize>,
}

impl Shows {
    /// The names and slugs to look up: each once. A name that is a slug may be meant as one.
    pub(super) fn wanted(rows: &[Row]) -> (Vec<ShowName>, Vec<Slug>) {
        let mut names: BTreeMap<String, &ShowName> = BTreeMap::new();
        let mut slugs = BTreeSet::new();
        for row in rows {
            if let Some(name) = &row.show {
                names.entry(fold(name.as_str())).or_insert(name);
                slugs.extend(Slug::parse(name.as_str()).ok());
            }
            slugs.extend(row.show_slug.clone());
        }
        (names.into_values().cloned().collect(), slugs.into_iter().collect())
    }

    /// Finds the show of each row among `found`, which are those that have one of the wanted names or slugs.
    ///
    /// A name means the show of that name. A slug counts where several shows share the name, where the cell of the name is
    /// the slug of a show and no show has it as its name, and where it stands alone.
    pub(super) fn resolve(rows: &[Row], found: &[Show], problems: &mut Problems) -> Self {
        let lookup = Lookup::new(rows, found);
        let mut shows = Self::default();
        for row in rows {
            let Some(reference) = row.reference() else { continue };
            if shows.targets.contains_key(&reference) {
                continue;
            }
            match lookup.find(row, &reference) {
                Ok(Some(show)) => {
                    shows.targets.insert(reference, Target::Known(show));
                }
                Ok(None) => shows.miss(row, reference, &lookup),
                Err(message) => problems.note(row.line, 1, message),
            }
        }
        shows
    }

    /// Notes that the show of `row` is not there.
    fn miss(&mut self, row: &Row, reference: Reference, lookup: &Lookup<'_>) {
        let Some(name) = &row.show else { return };
        let slug = reference.slug.clone().filter(|_| lookup.is_shared(&reference));
        let group = Reference { name: reference.name.clone(), cell: None, slug };
        let place = *self.groups.entry(group).or_insert_with(|| {
            self.missing.push(MissingShow { name: name.clone(), slug: None });
            self.missing.len() - 1
        });
        let slug = &mut self.missing[place].slug;
        *slug = slug.take().or_else(|| reference.slug.clone());
        self.targets.insert(reference, Target::Missing(place));
    }

    /// The shows that are not there yet, each once.
    pub(super) fn missing(&self) -> &[MissingShow] {
        &self.missing
    }

    /// The show of a row.
    pub(super) fn target(&self, row: &Row) -> Option<Target> {
        self.targets.get(&row.reference()?).copied()
    }
}

impl MissingShow {
    /// The show to create, with a slug that neither a show in the store nor another new one has: `taken`, which it joins.
    pub(super) fn create(&self, id: ShowId, taken: &mut HashSet<Slug>) -> NewShow {
        let wanted = self.wanted_slug(id);
        let choices = [wanted.clone()].into_iter().chain(wanted.alternatives());
        let slug = choices.into_iter().find(|slug| !taken.contains(slug)).unwrap_or_else(|| wanted.unique(id.uuid()));
        taken.insert(slug.clone());
        NewShow { name: self.name.clone(), others: ShowPatch { slug: Some(slug), ..ShowPatch::default() } }
    }

    /// The slugs that it may get, for the store to say which are taken.
    pub(super) fn choices(&self, id: ShowId) -> impl Iterator<Item = Slug> {
        let wanted = self.wanted_slug(id);
        let alternatives = wanted.alternatives();
        [wanted].into_iter().chain(alternatives)
    }

    fn wanted_slug(&self, id: ShowId) -> Slug {
        self.slug.clone().unwrap_or_else(|| Slug::suggested(self.name.as_str(), id.uuid()))
    }
}

/// What is known of the names in a table.
struct Lookup<'a> {
    by_name: HashMap<String, Vec<&'a Show>>,
    by_slug: HashMap<&'a Slug, &'a Show>,
    /// The slugs that stand beside each name.
    slugs: HashMap<String, HashSet<&'a Slug>>,
}

impl<'a> Lookup<'a> {
    fn new(rows: &'a [Row], found: &'a [Show]) -> Self {
        let mut lookup = Self {
            by_name: HashMap::new(),
            by_slug: found.iter().map(|show| (&show.slug, show)).collect(),
            slugs: HashMap::new(),
        };
        for show in found {
            lookup.by_name.entry(fold(show.name.as_str())).or_default().push(show);
        }
        for row in rows {
            if let (Some(name), Some(slug)) = (&row.show, &row.show_slug) {
                lookup.slugs.entry(fold(name.as_str())).or_default().insert(slug);
            }
        }
        lookup
    }

    /// Whether the table gives the name several slugs: then it means several shows.
    fn is_shared(&self, reference: &Reference) -> bool {
        reference.name.as_ref().and_then(|name| self.slugs.get(name)).is_some_and(|slugs| slugs.len() > 1)
    }

    /// The show of a row, `None` where it is not there, or what is wrong.
    fn find(&self, row: &Row, reference: &Reference) -> Result<Option<ShowId>, String> {
        let Some(name) = &reference.name else {
            let show = reference.slug.as_ref().and_then(|slug| self.by_slug.get(slug));
            return show
                .map(|show| Some(show.id))
                .ok_or_else(|| "show_slug is that of no show: name it in show".to_owned());
        };
        let cell = reference.cell.as_ref();
        let called = self.by_name.get(name).map_or(&[][..], Vec::as_slice);
        let of_slug = |slug: &Slug| called.iter().find(|show| show.slug == *slug).map(|show| show.id);
        match (called, &reference.slug) {
            (_, None) if self.is_shared(reference) => Err(ambiguous(row, "several shows")),
            (_, Some(slug)) if self.is_shared(reference) => Ok(of_slug(slug)),
            ([], None) => Ok(cell.and_then(|slug| self.by_slug.get(slug)).map(|show| show.id)),
            ([], Some(_)) => Ok(None),
            ([show], _) => Ok(Some(show.id)),
            (several, slug) => {
                let shown = slug.as_ref().or(cell).and_then(of_slug).map(Some);
                shown.ok_or_else(|| ambiguous(row, &format!("{} shows", several.len())))
            }
        }
    }
}

fn ambiguous(row: &Row, several: &str) -> String {
    let name = row.show.as_ref().map_or("", ShowName::as_str);
    format!("{several} are called {name}: write the slug of one into show_slug")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::Timestamp;
    use crate::episode::{EpisodeNumber, EpisodePatch, NewEpisode, Title};
    use crate::event::{ActorStamp, EventId, Origin, Stamp};

    fn row((name, slug): (&str, &str)) -> Row {
        let (title, episode_number) = (Title::parse("Pilot").unwrap(), EpisodeNumber::parse(1).unwrap());
        let new = NewEpisode { title, episode_number, others: EpisodePatch::default() };
        Row { line: 2, column: 1, show: ShowName::parse(name).ok(), show_slug: Slug::parse(slug).ok(), new }
    }

    fn show(id: u128, name: &str, slug: &str) -> Show {
        let others = ShowPatch { slug: Slug::parse(slug).ok(), ..ShowPatch::default() };
        let new = NewShow { name: ShowName::parse(name).unwrap(), others };
        let now = Timestamp::from_micros(0).unwrap();
        let stamp =
            Stamp { id: EventId::new(Uuid::from_u128(9)), now, actor: ActorStamp::system(), origin: Origin::default() };
        Show::create(ShowId::new(Uuid::from_u128(id)), new, &stamp).state().clone()
    }

    /// Which show each row means: `Ok` the identifier of one that is there, `Err` the place among those that are not.
    fn meant(rows: &[(&str, &str)], found: &[Show]) -> Vec<Result<u128, usize>> {
        let rows: Vec<Row> = rows.iter().copied().map(row).collect();
        let mut problems = Problems::default();
        let shows = Shows::resolve(&rows, found, &mut problems);
        assert!(problems.is_empty(), "{problems:?}");
        let target = |row| match shows.target(row).unwrap() {
            Target::Known(id) => Ok(id.uuid().as_u128()),
            Target::Missing(place) => Err(place),
        };
        rows.iter().map(target).collect()
    }

    #[test]
    fn names_that_transliterate_alike_are_several_shows() {
        let rows =
            [("Learn C", ""), ("Learn C++", ""), ("相棒 Season 9", ""), ("孤独のグルメ Season 9", ""), ("LEARN C", "")];
        assert_eq!(meant(&rows, &[]), [Err(0), Err(1), Err(2), Err(3), Err(0)]);
        let found = [show(7, "Season 9", "season-9"), show(8, "Learn C", "learn-c")];
        assert_eq!(meant(&rows, &found), [Ok(8), Err(0), Err(1), Err(2), Ok(8)]);
        assert_eq!(
            meant(&[("Élan", ""), ("Lan", ""), ("e\u{301}lan", "")], &[show(7, "Elan", "lan")]),
            [Err(0), Err(1), Err(0)]
        );
    }

    #[test]
    fn a_name_counts_before_a_slug_and_a_slug_where_the_cell_is_one() {
        let found = [show(7, "Breaking Bad", "bb"), show(8, "bb", "breaking-bad")];
        let rows = [("breaking bad", ""), ("bb", ""), ("breaking-bad", ""), ("Breaking-Bad", ""), ("", "bb")];
        assert_eq!(meant(&rows, &found), [Ok(7), Ok(8), Ok(8), Err(0), Ok(7)]);
    }

    #[test]
    fn shows_of_one_name_are_told_apart_by_their_slugs() {
        let found = [show(7, "Lost", "lost"), show(8, "Lost", "lost-2")];
        assert_eq!(meant(&[("Lost", "lost-2"), ("lost", "")], &found), [Ok(8), Ok(7)]);
        let rows = [("Lost", "lost"), ("Lost", "lost-2"), ("Lost", "lost")];
        assert_eq!(meant(&rows, &found), [Ok(7), Ok(8), Ok(7)]);
        assert_eq!(meant(&rows, &found[..1]), [Ok(7), Err(0), Ok(7)]);
        assert_eq!(meant(&rows, &[]), [Err(0), Err(1), Err(0)]);
    }

    #[test]
    fn a_name_means_the_one_show_of_that_name_whatever_its_slug_was_elsewhere() {
        assert_eq!(meant(&[("Lost", "lost-2"), ("Lost", "")], &[show(7, "Lost", "lost")]), [Ok(7), Ok(7)]);
        assert_eq!(meant(&[("Lost", "lost-2"), ("Lost", "")], &[]), [Err(0), Err(0)]);
    }

    #[test]
    fn what_leaves_open_which_show_is_meant_is_a_problem() {
        let found = [show(7, "Lost", "a"), show(8, "Lost", "b")];
        for (rows, found) in [
            (vec![("Lost", "")], &found[..]),
            (vec![("Lost", "c")], &found[..]),
            (vec![("", "c")], &[]),
            (vec![("Lost", "a"), ("Lost", "b"), ("Lost", "")], &[]),
        ] {
            let rows: Vec<Row> = rows.into_iter().map(row).collect();
            let mut problems = Problems::default();
            Shows::resolve(&rows, found, &mut problems);
            assert_eq!(problems.told().len(), 1, "{problems:?}");
        }
    }

    #[test]
    fn new_shows_get_distinct_slugs() {
        let missing = |name: &str| MissingShow { name: ShowName::parse(name).unwrap(), slug: None };
        let mut taken = HashSet::from([Slug::parse("learn-c-2").unwrap()]);
        let slugs: Vec<String> = ["Learn C", "Learn C++", "Learn C#"]
            .map(|name| {
                missing(name).create(ShowId::new(Uuid::from_u128(1)), &mut taken).others.slug.unwrap().to_string()
            })
            .into();
        assert_eq!(slugs, ["learn-c", "learn-c-3", "learn-c-4"]);
    }
}
