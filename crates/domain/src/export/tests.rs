//! What an export holds.

use std::sync::{Arc, Mutex};

use futures_executor::block_on;
use serde_json::{Value, json};
use uuid::Uuid;

use super::BulkExport;
use crate::episode::{
    Categories, Category, Description, Episode, EpisodeAfter, EpisodeId, EpisodeNumber, EpisodePatch, EpisodeService,
    EpisodeSort, NewEpisode, Rating, SortKey, Title,
};
use crate::event::{ActorStamp, EventId, Origin, Stamp};
use crate::file::studio::{Studio, Told, ids, job, reader};
use crate::identity::Role;
use crate::import::read_json;
use crate::job::{Failing, JobHandler as _};
use crate::mocks::{
    MockArchiveTool, MockArchiveWriter, MockClock, MockEpisodeStore, MockLedger, MockShowStore, MockTableText,
};
use crate::show::{NewShow, Show, ShowId, ShowName, ShowPatch, ShowService, Slug};
use crate::{Page, Timestamp};

fn stamp() -> Stamp {
    let now = Timestamp::from_micros(0).unwrap();
    Stamp { id: EventId::new(Uuid::from_u128(9)), now, actor: ActorStamp::system(), origin: Origin::default() }
}

fn show(id: ShowId) -> Show {
    let new = NewShow { name: ShowName::parse("Breaking Bad").unwrap(), others: ShowPatch::default() };
    let mut show = Show::create(id, new, &stamp()).state().clone();
    show.slug = Slug::parse(if id == ShowId::new(Uuid::from_u128(70)) { "breaking-bad" } else { "bb-2" }).unwrap();
    show
}

fn episode(number: u32) -> Episode {
    let others = EpisodePatch {
        show_id: Some(Some(ShowId::new(Uuid::from_u128(70 + u128::from(number % 2))))),
        description: Some(Description::parse("one\n\"two\", three").unwrap()),
        categories: Some(Categories::parse(["a", "b"].map(|name| Category::parse(name).unwrap()).to_vec()).unwrap()),
        rating: Some(Some(Rating::parse(10.0).unwrap())),
        ..EpisodePatch::default()
    };
    let (title, number) = (Title::parse("Pilot").unwrap(), EpisodeNumber::parse(number.into()).unwrap());
    let id = EpisodeId::new(Uuid::from_u128(number.get().unsigned_abs().into()));
    Episode::create(id, NewEpisode { title, episode_number: number, others }, &stamp()).state().clone()
}

/// A store of so many episodes, in pages of two.
fn episodes(count: u32) -> MockEpisodeStore {
    let mut store = MockEpisodeStore::new();
    store.expect_list_episodes().returning(move |query| {
        let sort = EpisodeSort { key: SortKey::CreatedAt, descending: false };
        assert_eq!((query.sort, query.total), (sort, query.after.is_none()));
        let after = query.after.map_or(0, |after| after.id.uuid().as_u128());
        let rest: Vec<Episode> = (1..=count).filter(|number| u128::from(*number) > after).map(episode).collect();
        let items: Vec<Episode> = rest.iter().take(2).cloned().collect();
        let next = (rest.len() > 2).then(|| EpisodeAfter::of(&items[1], sort));
        Ok(Page { items, next, total: query.total.then_some(count.into()) })
    });
    store
}

fn tables() -> MockTableText {
    let mut tables = MockTableText::new();
    tables.expect_row().returning(|cells| format!("{}\n", cells.join("|")).into_bytes());
    tables
}

/// Archives that are read as what was done to write them.
fn archives() -> MockArchiveTool {
    let mut tool = MockArchiveTool::new();
    tool.expect_begin().returning(|| {
        let written = Arc::new(Mutex::new(b"ZIP".to_vec()));
        let (mut writer, named, filled) = (MockArchiveWriter::new(), written.clone(), written.clone());
        writer.expect_begin_file().returning(move |name| {
            named.lock().unwrap().extend(format!("<{name}>").bytes());
            Ok(())
        });
        writer.expect_write().returning(move |bytes| {
            filled.lock().unwrap().extend_from_slice(bytes);
            Ok(())
        });
        writer.expect_finish().returning(move || Ok(reader(&[&written.lock().unwrap()])));
        Ok(Box::new(writer))
    });
    tool
}

/// The file's name, what is in it, and the results.
type Exported = (String, String, Value);

fn run(count: u32, role: Role, payload: Value) -> (Result<Exported, Failing>, Vec<i32>) {
    let (studio, told) = (Studio::default(), Arc::new(Told::default()));
    let mut shows = MockShowStore::new();
    shows.expect_find_show().returning(|id| Ok((id.uuid().as_u128() < 80).then(|| show(id))));
    let (ledger, clock) = (Arc::new(MockLedger::new()), Arc::new(MockClock::new()));
    let handler = BulkExport {
        episodes: Arc::new(EpisodeService {
            episodes: Arc::new(episodes(count)),
            ledger: ledger.clone(),
            clock: clock.clone(),
            ids: Arc::new(ids()),
        }),
        shows: Arc::new(ShowService { shows: Arc::new(shows), ledger, clock, ids: Arc::new(ids()) }),
        files: studio.files(),
        tables: Arc::new(tables()),
        archives: Arc::new(archives()),
        on_behalf: studio.on_behalf(role),
    };
    let done = block_on(handler.run(&job(payload), told.clone())).map(|done| {
        let (name, bytes) = studio.made(&done).remove(0);
        (name, String::from_utf8(bytes).unwrap(), done.results.unwrap())
    });
    (done, told.so_far())
}

const HEADER: &str = "show|show_slug|season_number|episode_number|title|description|status|air_date|categories|director|writer|\
    duration_minutes|rating|genre|thumbnail_url";

#[test]
fn every_episode_is_a_row_below_the_names_of_the_columns() {
    let (done, told) = run(5, Role::Editor, json!({ "format": "csv" }));
    let (name, text, results) = done.unwrap();
    let row = "one\n\"two\", three|draft||a;b||||10.0||";
    let (one, other) = ("Breaking Bad|bb-2||1|Pilot|", "Breaking Bad|breaking-bad||2|Pilot|");
    assert!(text.starts_with(&format!("{HEADER}\n{one}{row}\n{other}{row}\n")), "{text}");
    assert_eq!(text.matches("Pilot").count(), 5);
    assert_eq!((name.as_str(), &results["episodes"]), ("episodes.csv", &json!(5)));
    assert_eq!(told, [40, 80, 100, 100]);
}

#[test]
fn objects_say_the_same_and_leave_out_what_says_nothing() {
    for count in [0, 1, 3] {
        let (name, text, _) = run(count, Role::Editor, json!({ "format": "json" })).0.unwrap();
        let objects: Vec<Value> = serde_json::from_str(&text).unwrap();
        assert_eq!((name.as_str(), objects.len()), ("episodes.json", count as usize));
        assert!(objects.iter().all(|object| object.as_object().unwrap().len() == 8 && object["rating"] == 10.0));
        assert_eq!(read_json(text.as_bytes(), None).into_rows().map_or(0, |rows| rows.len()), objects.len());
    }
}

#[test]
fn an_archive_holds_both() {
    let (done, told) = run(3, Role::Editor, json!({ "format": "zip" }));
    let (name, text, _) = done.unwrap();
    assert_eq!(name, "episodes.zip");
    assert!(
        text.starts_with(&format!("ZIP<episodes.csv>{HEADER}\n")) && text.contains("<episodes.json>[\n{"),
        "{text}"
    );
    assert_eq!(told, [33, 50, 50, 83, 100, 100]);
}

#[test]
fn an_export_without_episodes_has_the_names_of_the_columns() {
    let (_, text, results) = run(0, Role::Editor, json!({ "format": "csv" })).0.unwrap();
    assert_eq!((text, &results["episodes"]), (format!("{HEADER}\n"), &json!(0)));
}

#[test]
fn what_cannot_be_done_fails_for_good_and_says_why() {
    let nowhere = ShowId::new(Uuid::from_u128(99));
    for (role, payload, why) in [
        (Role::Editor, json!({ "format": "xml" }), "xml"),
        (Role::Editor, json!({ "format": "csv", "show_id": nowhere }), "no show"),
        (Role::Viewer, json!({ "format": "csv" }), "role"),
    ] {
        let failing = run(1, role, payload).0.unwrap_err();
        assert!(failing.permanent && failing.error.as_str().contains(why), "{failing:?}");
    }
}
