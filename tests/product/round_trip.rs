//! What the API accepts comes back: by exports and imports of both kinds, into the same server and into an empty one.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::harness::{Api, Backend, Server, Store, on_both_stores};
use crate::jobs::job_in;

on_both_stores!(
    every_episode_that_the_api_accepts_survives_export_and_import,
    names_that_are_written_alike_stay_shows_of_their_own,
    an_export_comes_back_to_the_shows_that_it_came_from,
);

/// A category, a title or whatever else with everything in it that a table could trip over.
const NASTY: [&str; 14] = [
    "drama; crime",
    " leading and trailing ",
    "\u{3000}ideographic\u{a0}",
    "a,b\"c\"",
    "=cmd|'/C calc'!A0",
    "+1",
    "-2",
    "@SUM(1)",
    "\\",
    "C:\\;\\ ",
    "שלום \u{202e}עולם",
    "e\u{301}lan \u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}",
    "\u{feff}null",
    "[\"a\"]",
];

struct Place {
    server: Server,
    admin: Api,
    _store: Store,
}

fn place(backend: Backend) -> Place {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = server.api(&store.token("admin@example.com", "admin"));
    Place { server, admin, _store: store }
}

#[track_caller]
fn posted(api: &Api, path: &str, body: &Value) -> Value {
    let answer = api.post(path, body);
    assert_eq!(answer.status, 201, "{body}: {answer:?}");
    answer.body["data"].clone()
}

/// What an export in this format holds.
fn exported(api: &Api, format: &str) -> Vec<u8> {
    let job = posted(api, "/api/v1/jobs", &json!({"job_type": "bulk-export", "payload": {"format": format}}));
    let job = job_in(api, job["id"].as_str().unwrap(), "completed");
    api.content(job["results"]["file_id"].as_str().unwrap())
}

/// Imports a file and answers the job's results.
fn imported(api: &Api, file: &[u8]) -> Value {
    let file = api.upload("episodes", file);
    let payload = json!({"file_id": file["id"]});
    let job = posted(api, "/api/v1/jobs", &json!({"job_type": "data-import", "payload": payload}));
    job_in(api, job["id"].as_str().unwrap(), "completed")["results"].clone()
}

/// Every page of a list.
fn all(api: &Api, path: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("{path}?limit=100&sort=created_at{cursor}"));
        all.extend(page.list().iter().cloned());
        match page.body["page"]["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

/// The episodes without what an import makes anew; their shows by name and slug.
fn episodes(api: &Api) -> Vec<Value> {
    let shows: BTreeMap<String, Value> =
        all(api, "/api/v1/shows").into_iter().map(|show| (show["id"].as_str().unwrap().to_owned(), show)).collect();
    let mut episodes = all(api, "/api/v1/episodes");
    for episode in &mut episodes {
        let show = episode["show_id"].as_str().map(|id| [&shows[id]["name"], &shows[id]["slug"]].map(Clone::clone));
        let episode = episode.as_object_mut().unwrap();
        episode.insert("show".to_owned(), json!(show));
        for own in ["id", "show_id", "created_at", "updated_at", "version"] {
            episode.remove(own);
        }
    }
    episodes.sort_by_key(ToString::to_string);
    episodes
}

/// Creates episodes with all that may be written into one, and shows whose names and slugs have little in common.
fn fill(api: &Api) {
    let show = |name: &str, slug: &str| {
        let body = if slug.is_empty() { json!({"name": name}) } else { json!({"name": name, "slug": slug}) };
        posted(api, "/api/v1/shows", &body)["id"].clone()
    };
    let shows = [
        show("Lost", ""),
        show("Lost", "lost-again"),
        show("Learn C", ""),
        show("Learn C++", ""),
        show("相棒", "bb"),
        show(" =spaces; and \"more\" ", "x-1"),
        Value::Null,
    ];
    for (number, text) in NASTY.into_iter().enumerate() {
        let body = json!({
            "show_id": shows[number % shows.len()], "season_number": number % 3, "episode_number": number, "title": text,
            "description": format!("{text}\r\n\t{text}\r\n{text}\n"), "categories": NASTY, "director": text, "writer": text,
            "genre": text, "status": "published", "air_date": "0001-01-01", "duration_minutes": 100_000,
            "thumbnail_url": format!("https://example.com/{number}?a=;,\"&b='"),
        });
        posted(api, "/api/v1/episodes", &body);
    }
    let mut number = 100;
    for rating in ["0", "0.0", "-0.0", "10", "10.0", "1e-7", "5e-324", "1E1", "9.999999999999999", "0.1"] {
        number += 1;
        let body = format!(r#"{{"title": "{rating}", "episode_number": {number}, "rating": {rating}}}"#);
        let json = ("content-type", "application/json");
        assert_eq!(api.send("POST", "/api/v1/episodes", &[json], body.as_bytes()).unwrap().status, 201, "{body}");
    }
    let long = "ä;\\\"".repeat(25);
    for body in [
        json!({"title": "Nothing else", "episode_number": 0}),
        json!({"title": "ä".repeat(255), "episode_number": 1_000_000, "season_number": 10_000, "show_id": shows[4]}),
        json!({"title": "Empty", "episode_number": 1, "categories": [], "description": "", "director": null}),
        json!({"title": "Lines", "episode_number": 2, "description": "\n\r\r\n\"\n,;\t"}),
        json!({"title": "Long", "episode_number": 3, "description": "字".repeat(10_000), "categories": vec![long; 50]}),
        json!({"title": "Twice", "episode_number": 4, "categories": ["a", "a", "A"]}),
    ] {
        posted(api, "/api/v1/episodes", &body);
    }
}

fn every_episode_that_the_api_accepts_survives_export_and_import(backend: Backend) {
    let from = place(backend);
    fill(&from.admin);
    let (written, files) = (episodes(&from.admin), ["csv", "json"].map(|format| exported(&from.admin, format)));
    assert_eq!(written.len(), NASTY.len() + 16);
    for file in &files {
        let to = place(backend);
        assert_eq!(imported(&to.admin, file), json!({"dry_run": false, "episodes": written.len(), "shows": 6}));
        let read = episodes(&to.admin);
        for (written, read) in written.iter().zip(&read) {
            assert_eq!(written, read);
        }
        assert_eq!(read.len(), written.len());
        let again = ["csv", "json"].map(|format| exported(&to.admin, format));
        assert!(again == files, "an export of what was imported is the export that it came from");
        drop(to.server);
    }
    drop(from.server);
}

fn names_that_are_written_alike_stay_shows_of_their_own(backend: Backend) {
    let Place { admin, .. } = &place(backend);
    let tables = [
        "show,season_number,episode_number,title\n相棒 Season 9,9,1,相棒の第1話\n孤独のグルメ Season 9,9,2,孤独の第2話\n",
        "show,season_number,episode_number,title\nLearn C,1,1,Intro to C\nLearn C++,1,1,Intro to C++\n",
        "show,season_number,episode_number,title\nÉlan,1,1,One\nLan,1,1,Two\nE\u{301}LAN,1,2,Three\n",
    ];
    for table in tables {
        assert_eq!(imported(admin, table.as_bytes())["shows"], 2, "{table}");
    }
    let again = "show,season_number,episode_number,title\n相棒 season 9,9,3,第3話\nlearn c++,1,2,Again\nlan,1,2,Four\n";
    assert_eq!(imported(admin, again.as_bytes())["shows"], 0);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for episode in episodes(admin) {
        let name = episode["show"][0].as_str().unwrap().to_owned();
        found.entry(name).or_default().push(episode["title"].as_str().unwrap().to_owned());
    }
    let titles = |name: &str| {
        let mut titles = found[name].clone();
        titles.sort_unstable();
        titles
    };
    assert_eq!(found.len(), 6, "{found:?}");
    assert_eq!(
        (titles("相棒 Season 9"), titles("孤独のグルメ Season 9").len()),
        (vec!["相棒の第1話".into(), "第3話".into()], 1)
    );
    assert_eq!(
        (titles("Learn C"), titles("Learn C++")),
        (vec!["Intro to C".into()], vec!["Again".into(), "Intro to C++".into()])
    );
    assert_eq!(
        (titles("Élan"), titles("Lan")),
        (vec!["One".into(), "Three".into()], vec!["Four".into(), "Two".into()])
    );
}

fn an_export_comes_back_to_the_shows_that_it_came_from(backend: Backend) {
    let Place { admin, .. } = &place(backend);
    let show = |body: Value| posted(admin, "/api/v1/shows", &body)["id"].clone();
    let shows = [
        show(json!({"name": "Breaking Bad", "slug": "bb"})),
        show(json!({"name": "bb", "slug": "breaking-bad"})),
        show(json!({"name": "Lost"})),
        show(json!({"name": "Lost", "slug": "lost-2"})),
        show(json!({"name": "日本"})),
    ];
    for show in &shows {
        posted(admin, "/api/v1/episodes", &json!({"title": show, "episode_number": 1, "show_id": show}));
    }
    let files = ["csv", "json"].map(|format| exported(admin, format));
    for file in files {
        for episode in all(admin, "/api/v1/episodes") {
            let path = format!("/api/v1/episodes/{}?permanent=true", episode["id"].as_str().unwrap());
            assert_eq!(admin.delete(&path).status, 200);
        }
        assert_eq!(imported(admin, &file), json!({"dry_run": false, "episodes": 5, "shows": 0}));
        for episode in all(admin, "/api/v1/episodes") {
            assert_eq!(episode["show_id"], episode["title"], "its title is the show that it came from");
        }
    }
}
