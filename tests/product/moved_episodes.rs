//! An episode that moves takes the rights to all that is for it along, for people who have signed in by a password.

use serde_json::{Value, json};

use crate::bad_input::assert_problem;
use crate::harness::{Answer, Api, Backend, SignedIn, Store, on_both_stores};

on_both_stores!(who_may_write_what_is_for_an_episode_follows_from_the_show_that_it_is_in_now);

fn id(answer: &Answer) -> String {
    answer.body["data"]["id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

fn show(admin: &Api, name: &str) -> String {
    id(&admin.post("/api/v1/shows", &json!({"name": name})))
}

/// What of an episode somebody wants to write who is an editor, but a viewer in one show.
struct ForEpisode {
    episode: String,
    composition: String,
    file: String,
    job: String,
}

impl ForEpisode {
    fn new(maker: &Api, show: &str, number: u32) -> Self {
        let body = json!({"title": "Pilot", "episode_number": number, "show_id": show});
        let episode = id(&maker.post("/api/v1/episodes", &body));
        let composition = id(&maker.post("/api/v1/compositions", &json!({"name": "Poster", "episode_id": episode})));
        let upload = maker.send("POST", &format!("/api/v1/episodes/{episode}/files?name=a.txt"), &[], b"text");
        let file = id(&upload.unwrap());
        let job = json!({"job_type": "outside", "episode_id": episode});
        let job = id(&maker.post("/api/v1/jobs", &job));
        Self { episode, composition, file, job }
    }

    /// Everything that `api` is refused or allowed in the same way, as what was tried and the answer.
    fn attempts(&self, api: &Api, maker: &Api) -> Vec<(&'static str, Answer)> {
        let Self { episode, composition, file, job } = self;
        let composition = format!("/api/v1/compositions/{composition}");
        let another = json!({"job_type": "outside", "episode_id": episode});
        vec![
            ("the episode", api.put(&format!("/api/v1/episodes/{episode}"), &json!({"genre": "drama"}))),
            ("the composition", api.put(&composition, &json!({"formats": ["TIKTOK"]}))),
            ("the primary", api.post(&format!("{composition}/primary"), &Value::Null)),
            ("a rendering", api.post(&format!("{composition}/render"), &json!({}))),
            ("a new composition", api.post("/api/v1/compositions", &json!({"name": "New", "episode_id": episode}))),
            (
                "a new file",
                api.send("POST", &format!("/api/v1/episodes/{episode}/files?name=b.txt"), &[], b"other").unwrap(),
            ),
            ("a new job", api.post("/api/v1/jobs", &another)),
            ("the maker's job", maker.post(&format!("/api/v1/jobs/{job}/cancel"), &Value::Null)),
            ("the file", api.delete(&format!("/api/v1/files/{file}"))),
        ]
    }
}

fn who_may_write_what_is_for_an_episode_follows_from_the_show_that_it_is_in_now(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = server.api(&store.token("admin@example.com", "admin"));
    let (old, new) = (show(&admin, "Old"), show(&admin, "New"));
    let member = |name: &str, closed: &str| -> SignedIn {
        let member = server.sign_in_new(&admin, &format!("{name}@example.com"), "editor");
        let membership = format!("/api/v1/shows/{closed}/members/{}", member.id);
        assert_eq!(admin.put(&membership, &json!({"role": "viewer"})).status, 201);
        member
    };
    let (of_old, of_new) = (member("old", &new), member("new", &old));

    let stays = ForEpisode::new(&of_old.api, &old, 1);
    for (what, answer) in stays.attempts(&of_new.api, &of_new.api) {
        assert_problem(what, &answer, 403, "FORBIDDEN");
    }
    let moves = ForEpisode::new(&of_old.api, &old, 2);
    let answer = admin.put(&format!("/api/v1/episodes/{}", moves.episode), &json!({"show_id": new}));
    assert_eq!(answer.status, 200, "{answer:?}");
    for (what, answer) in moves.attempts(&of_old.api, &of_old.api) {
        assert_problem(what, &answer, 403, "FORBIDDEN");
    }
    let untouched = admin.get(&format!("/api/v1/episodes/{}", moves.episode));
    assert_eq!(untouched.body["data"]["version"], answer.body["data"]["version"]);

    let mut live = server.live(&of_new.token);
    live.subscribe(&[&format!("show:{new}")], None);
    for (what, answer) in moves.attempts(&of_new.api, &admin) {
        assert!(answer.status < 300, "{what}: {answer:?}");
    }
    let heard = live.events_until_named("file_deleted");
    for name in ["episode_updated", "composition_updated", "job_created", "file_uploaded", "job_cancelled"] {
        assert!(
            heard.iter().any(|event| event.name == name),
            "{name} did not happen in the show that the episode is in"
        );
    }
}
