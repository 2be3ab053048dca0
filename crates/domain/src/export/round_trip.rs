//! Whatever an episode holds, a table of it is read as the same episode.

use chrono::NaiveDate;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::cells::value;
use crate::Timestamp;
use crate::episode::{
    Categories, Category, Description, DurationMinutes, Episode, EpisodeId, EpisodeNumber, EpisodePatch, EpisodeStatus,
    Genre, NewEpisode, PersonName, Rating, SeasonNumber, ThumbnailUrl, Title,
};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::import::{Cell, Column, Row, Sheet, cell_text, read_json};
use crate::show::{NewShow, Show, ShowId, ShowName, ShowPatch, Slug};

fn stamp() -> Stamp {
    let now = Timestamp::from_micros(0).unwrap();
    Stamp { id: EventId::new(Uuid::from_u128(9)), now, actor: ActorStamp::system(), origin: Origin::default() }
}

fn show(name: ShowName, slug: Slug) -> Show {
    let others = ShowPatch { slug: Some(slug), ..ShowPatch::default() };
    Show::create(ShowId::new(Uuid::from_u128(7)), NewShow { name, others }, &stamp()).state().clone()
}

fn create(new: NewEpisode) -> Episode {
    Episode::create(EpisodeId::new(Uuid::from_u128(8)), new, &stamp()).state().clone()
}

/// Text of one line that has something in it, often what tables trip over.
fn line() -> impl Strategy<Value = String> {
    prop_oneof!["[^\\p{Cc}]{1,30}", "[ ;,\"'\\\\=+@\u{a0}\u{3000}\u{feff}e\u{301}\u{202e}א]{1,12}"]
        .prop_filter("blank", |text| !text.trim().is_empty())
}

prop_compose! {
    fn about()(
        air_date in of(0..3_000_000_i32),
        categories in vec(line(), 0..6),
        director in of(line()),
        writer in of(line()),
        genre in of(line()),
        thumbnail_url in of("https?://[^\\p{Cc}\\s]{1,20}"),
        description in "([^\\p{Cc}]|[\r\n\t;,\"\\\\]){0,40}",
    ) -> EpisodePatch {
        let parsed = |category: String| Category::parse(category).unwrap();
        EpisodePatch {
            description: Some(Description::parse(description).unwrap()),
            air_date: Some(air_date.and_then(NaiveDate::from_num_days_from_ce_opt)),
            categories: Some(Categories::parse(categories.into_iter().map(parsed).collect()).unwrap()),
            director: Some(director.map(|name| PersonName::parse(name).unwrap())),
            writer: Some(writer.map(|name| PersonName::parse(name).unwrap())),
            genre: Some(genre.map(|name| Genre::parse(name).unwrap())),
            thumbnail_url: Some(thumbnail_url.map(|url| ThumbnailUrl::parse(url).unwrap())),
            ..EpisodePatch::default()
        }
    }
}

prop_compose! {
    fn episode()(
        title in line(),
        number in 0..=1_000_000_i64,
        season in of(0..=10_000_i64),
        status in 0..EpisodeStatus::ALL.len(),
        minutes in of(0..=100_000_i64),
        rating in of(prop_oneof![0.0..=10.0_f64, Just(0.0), Just(5e-324), 0.0..1e-9_f64]),
        about in about(),
    ) -> NewEpisode {
        let others = EpisodePatch {
            season_number: Some(season.map(|number| SeasonNumber::parse(number).unwrap())),
            status: Some(EpisodeStatus::ALL[status]),
            duration_minutes: Some(minutes.map(|minutes| DurationMinutes::parse(minutes).unwrap())),
            rating: Some(rating.map(|rating| Rating::parse(rating).unwrap())),
            ..about
        };
        let (title, episode_number) = (Title::parse(title).unwrap(), EpisodeNumber::parse(number).unwrap());
        NewEpisode { title, episode_number, others }
    }
}

/// The only row of a table, which must be faultless.
fn only(sheet: Sheet) -> Row {
    let mut rows = sheet.into_rows().unwrap_or_else(|problems| panic!("{problems:?}"));
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn an_episode_is_read_from_its_cells_and_from_its_object_as_it_was_written(
        new in episode(), name in line(), slug in "[a-z0-9-]{1,100}",
    ) {
        let (written, show) = (create(new), show(ShowName::parse(name).unwrap(), Slug::parse(slug).unwrap()));
        let row = Column::ALL.map(|column| value(column, &written, Some(&show)));

        let mut sheet = Sheet::new(&Column::ALL.map(|column| Cell { line: 1, text: Some(column.as_str()) }));
        let texts = row.each_ref().map(cell_text);
        sheet.push(2, &texts.each_ref().map(|text| Cell { line: 2, text: Some(text) }));

        let members = Column::ALL.into_iter().zip(row.clone()).filter(|(_, value)| !value.is_null());
        let object: Map<_, _> = members.map(|(column, value)| (column.as_str().to_owned(), value)).collect();
        let object = Value::Array(vec![Value::Object(object)]).to_string();

        for read in [only(sheet), only(read_json(object.as_bytes(), None))] {
            prop_assert_eq!(read.show.as_ref(), Some(&show.name));
            prop_assert_eq!(read.show_slug.as_ref(), Some(&show.slug));
            prop_assert_eq!(create(read.new), written.clone());
        }
    }
}
