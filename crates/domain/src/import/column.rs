//! The columns of a table of episodes, and how their cells are read: as the API reads the fields of the same names.

use std::fmt;

use super::list::split;
use crate::episode::{
    Categories, Category, Description, EpisodePatch, EpisodeStatus, Genre, PersonName, Rating, ThumbnailUrl, Title,
};
use crate::show::{ShowName, Slug};
use crate::text::{date, decimal, whole};
use crate::{Bounded, Invalid};

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The show, by its name, or by its slug where no show has that name.
    Show,
    /// The slug of the show, which tells shows of one name apart.
    ShowSlug,
    /// The season.
    SeasonNumber,
    /// The number within the season.
    EpisodeNumber,
    /// The title.
    Title,
    /// What the episode is about.
    Description,
    /// How far it has come.
    Status,
    /// The day of its first broadcast, as in 2008-01-20.
    AirDate,
    /// Categories, with `;` between them and `\` before a `;` within one.
    Categories,
    /// Who directed it.
    Director,
    /// Who wrote it.
    Writer,
    /// Its length in minutes.
    DurationMinutes,
    /// Its rating, with a point before decimals.
    Rating,
    /// Its genre.
    Genre,
    /// Where its thumbnail is found.
    ThumbnailUrl,
}

/// What the cells of a row have said so far.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Draft {
    pub(crate) show: Option<ShowName>,
    pub(crate) show_slug: Option<Slug>,
    pub(crate) fields: EpisodePatch,
}

impl Column {
    /// Every column.
    pub const ALL: [Self; 15] = [
        Self::Show,
        Self::ShowSlug,
        Self::SeasonNumber,
        Self::EpisodeNumber,
        Self::Title,
        Self::Description,
        Self::Status,
        Self::AirDate,
        Self::Categories,
        Self::Director,
        Self::Writer,
        Self::DurationMinutes,
        Self::Rating,
        Self::Genre,
        Self::ThumbnailUrl,
    ];

    /// The name in the table's first row: that of the episode's field, but for those of the show.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Show => "show",
            Self::ShowSlug => "show_slug",
            Self::SeasonNumber => "season_number",
            Self::EpisodeNumber => "episode_number",
            Self::Title => "title",
            Self::Description => "description",
            Self::Status => "status",
            Self::AirDate => "air_date",
            Self::Categories => "categories",
            Self::Director => "director",
            Self::Writer => "writer",
            Self::DurationMinutes => "duration_minutes",
            Self::Rating => "rating",
            Self::Genre => "genre",
            Self::ThumbnailUrl => "thumbnail_url",
        }
    }

    /// The column of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == name)
    }

    /// Whether a table must have it, and each of its cells must say something.
    #[must_use]
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Title | Self::EpisodeNumber)
    }

    /// Sets what `text` says in `row`. An empty cell says nothing, unless the column is required.
    pub(crate) fn read(self, text: &str, row: &mut Draft) -> Result<(), Invalid> {
        if text.is_empty() && !self.is_required() {
            return Ok(());
        }
        let draft = &mut row.fields;
        match self {
            Self::Show => row.show = Some(ShowName::parse(text)?),
            Self::ShowSlug => row.show_slug = Some(Slug::parse(text)?),
            Self::SeasonNumber => draft.season_number = Some(Some(bounded(text)?)),
            Self::EpisodeNumber => draft.episode_number = Some(bounded(text)?),
            Self::Title => draft.title = Some(Title::parse(text)?),
            Self::Description => draft.description = Some(Description::parse(text)?),
            Self::Status => draft.status = Some(EpisodeStatus::read(text)?),
            Self::AirDate => draft.air_date = Some(Some(date(text)?)),
            Self::Categories => draft.categories = Some(categories(text)?),
            Self::Director => draft.director = Some(Some(PersonName::parse(text)?)),
            Self::Writer => draft.writer = Some(Some(PersonName::parse(text)?)),
            Self::DurationMinutes => draft.duration_minutes = Some(Some(bounded(text)?)),
            Self::Rating => draft.rating = Some(Some(decimal(text).and_then(Rating::parse)?)),
            Self::Genre => draft.genre = Some(Some(Genre::parse(text)?)),
            Self::ThumbnailUrl => draft.thumbnail_url = Some(Some(ThumbnailUrl::parse(text)?)),
        }
        Ok(())
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn bounded<const MIN: i32, const MAX: i32>(text: &str) -> Result<Bounded<MIN, MAX>, Invalid> {
    whole(text).and_then(Bounded::parse)
}

fn categories(text: &str) -> Result<Categories, Invalid> {
    let categories: Result<Vec<_>, _> = split(text).into_iter().map(Category::parse).collect();
    Categories::parse(categories?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_found_by_its_name_and_has_that_of_a_field() {
        for column in Column::ALL {
            assert_eq!(Column::parse(column.as_str()), Some(column));
        }
        assert_eq!(Column::parse("Title"), None);
    }

    #[test]
    fn an_empty_cell_says_nothing_unless_it_must() {
        for column in Column::ALL {
            let mut draft = Draft::default();
            assert_eq!(column.read("", &mut draft).is_err(), column.is_required(), "{column}");
            assert_eq!(draft, Draft::default());
        }
    }

    #[test]
    fn categories_stand_between_semicolons() {
        let names = |text| categories(text).map(|list| list.as_slice().iter().map(ToString::to_string).collect());
        assert_eq!(names(r"drama\; crime;family"), Ok(vec!["drama; crime".to_owned(), "family".to_owned()]));
        assert_eq!(names("drama; crime"), Ok(vec!["drama".to_owned(), "crime".to_owned()]));
        assert_eq!(names("drama;;crime"), Err(Invalid::Empty));
    }
}
