//! Members of a show: what they may do there and nowhere else, at once, on every node and for who is connected already.

use serde_json::{Value, json};

use crate::bad_input::assert_problem;
use crate::harness::{Answer, Api, Backend, Event, Server, Store, episode_id, eventually, on_both_stores};
use crate::sse::Stream;

on_both_stores!(
    a_viewer_who_is_an_editor_of_one_show_writes_there_and_nowhere_else,
    an_editor_who_is_a_viewer_of_one_show_writes_everywhere_else,
    an_administrator_of_a_show_keeps_its_members_and_deletes_for_good,
    a_member_signed_in_by_password_works_on_all_that_belongs_to_the_show,
    a_session_follows_the_role_of_its_user,
    a_role_counts_at_once_and_ends_at_once,
);

fn user_id(api: &Api) -> String {
    api.get("/api/v1/auth/me").body["data"]["id"].as_str().unwrap().to_owned()
}

/// Somebody with a role of their own, signed in by password, and another role in a show.
struct Member {
    api: Api,
    id: String,
    token: String,
}

impl Member {
    fn new(store: &Store, server: &Server, name: &str, role: &str) -> Self {
        let token = server.sign_in(store, &format!("{name}@example.com"), role);
        let api = server.api(&token);
        let id = user_id(&api);
        Self { api, id, token }
    }
}

fn admin(store: &Store, server: &Server) -> Api {
    server.api(&server.sign_in(store, "admin@example.com", "admin"))
}

fn show(admin: &Api, name: &str) -> String {
    let created = admin.post("/api/v1/shows", &json!({"name": name}));
    created.body["data"]["id"].as_str().unwrap_or_else(|| panic!("{created:?}")).to_owned()
}

fn membership(show: &str, user: &str) -> String {
    format!("/api/v1/shows/{show}/members/{user}")
}

#[track_caller]
fn give(api: &Api, show: &str, user: &str, role: &str) -> u16 {
    api.put(&membership(show, user), &json!({ "role": role })).status
}

fn create(api: &Api, show: Option<&str>, number: u32) -> Answer {
    api.post("/api/v1/episodes", &json!({"title": "Pilot", "episode_number": number, "show_id": show}))
}

fn a_viewer_who_is_an_editor_of_one_show_writes_there_and_nowhere_else(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = admin(&store, &server);
    let guest = Member::new(&store, &server, "guest", "viewer");
    let (own, other) = (show(&admin, "Own"), show(&admin, "Other"));
    assert_eq!(give(&admin, &own, &guest.id, "editor"), 201);

    let created = create(&guest.api, Some(&own), 1);
    assert_eq!(created.status, 201, "{created:?}");
    let mine = format!("/api/v1/episodes/{}", episode_id(&created));
    assert_eq!(guest.api.put(&mine, &json!({"title": "Later"})).status, 200);
    assert_eq!(guest.api.put(&format!("/api/v1/shows/{own}"), &json!({"status": "active"})).status, 200);
    assert_eq!(guest.api.delete(&mine).status, 200);
    assert_eq!(guest.api.post(&format!("{mine}/restore"), &Value::Null).status, 200);

    let theirs = format!("/api/v1/episodes/{}", episode_id(&create(&admin, Some(&other), 1)));
    let loose = format!("/api/v1/episodes/{}", episode_id(&create(&admin, None, 1)));
    let refused = [
        ("another show's new episode", create(&guest.api, Some(&other), 2)),
        ("a new episode of no show", create(&guest.api, None, 2)),
        ("another show's episode", guest.api.put(&theirs, &json!({"title": "Mine"}))),
        ("an episode of no show", guest.api.put(&loose, &json!({"title": "Mine"}))),
        ("taking an episode away from another show", guest.api.put(&theirs, &json!({"show_id": own}))),
        ("taking an episode of no show", guest.api.put(&loose, &json!({"show_id": own}))),
        ("giving an episode to another show", guest.api.put(&mine, &json!({"show_id": other}))),
        ("giving an episode away", guest.api.put(&mine, &json!({"show_id": null}))),
        ("another show's deletion", guest.api.delete(&theirs)),
        ("a permanent deletion", guest.api.delete(&format!("{mine}?permanent=true"))),
        ("another show", guest.api.put(&format!("/api/v1/shows/{other}"), &json!({"status": "active"}))),
        ("a new show", guest.api.post("/api/v1/shows", &json!({"name": "New"}))),
        ("the members", guest.api.put(&membership(&own, &guest.id), &json!({"role": "admin"}))),
        ("leaving", guest.api.delete(&membership(&own, &guest.id))),
    ];
    for (what, answer) in &refused {
        assert_problem(what, answer, 403, "FORBIDDEN");
    }
    let unknown = "/api/v1/episodes/00000000-0000-7000-8000-000000000009";
    assert_problem("an unknown episode", &guest.api.put(unknown, &json!({"title": "Mine"})), 404, "NOT_FOUND");

    // The role of a minted token is an upper bound within the show too, and no more than that.
    let minted = |role| server.api(&store.token("guest@example.com", role));
    assert_problem("a viewer's token", &minted("viewer").put(&mine, &json!({"title": "No"})), 403, "FORBIDDEN");
    for role in ["editor", "admin"] {
        assert_eq!(minted(role).put(&mine, &json!({"title": format!("By {role}")})).status, 200);
        assert_problem(role, &minted(role).put(&theirs, &json!({"title": "No"})), 403, "FORBIDDEN");
    }
}

/// Not only episodes: whatever belongs to the show, and what is done later on the member's behalf.
fn a_member_signed_in_by_password_works_on_all_that_belongs_to_the_show(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = admin(&store, &server);
    let guest = Member::new(&store, &server, "guest", "viewer");
    let (own, other) = (show(&admin, "Own"), show(&admin, "Other"));
    let [mine, theirs] = [&own, &other].map(|show| episode_id(&create(&admin, Some(show), 1)));
    let ask = |episode: &str| {
        let api = &guest.api;
        let design = json!({"name": "Art", "episode_id": episode});
        let job = json!({"job_type": "subtitles", "episode_id": episode});
        let upload = api.send("POST", &format!("/api/v1/episodes/{episode}/files?name=notes.txt"), &[], b"notes");
        [api.post("/api/v1/compositions", &design), upload.unwrap(), api.post("/api/v1/jobs", &job)]
    };
    for answer in ask(&mine) {
        assert_problem("before", &answer, 403, "FORBIDDEN");
    }
    assert_eq!(give(&admin, &own, &guest.id, "editor"), 201);
    assert_eq!(ask(&mine).map(|answer| answer.status), [201; 3]);
    for answer in ask(&theirs) {
        assert_problem("another show", &answer, 403, "FORBIDDEN");
    }

    let payload = json!({"episode_ids": [mine]});
    let job = json!({"job_type": "batch-delete", "episode_id": mine, "payload": payload});
    let queued = guest.api.post("/api/v1/jobs", &job);
    assert_eq!(queued.status, 201, "{queued:?}");
    let job = format!("/api/v1/jobs/{}", queued.body["data"]["id"].as_str().unwrap());
    let ended = eventually("the job ends", || {
        let job = guest.api.get(&job).body["data"].clone();
        ["completed", "failed"].contains(&job["status"].as_str().unwrap()).then_some(job)
    });
    assert_eq!(ended["results"], json!({"deleted": 1, "gone": 0}), "{ended}");
    assert_eq!(guest.api.get(&format!("/api/v1/episodes/{mine}")).status, 404);
}

/// The session, its socket and its stream go on: nobody signs in again.
fn a_session_follows_the_role_of_its_user(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = admin(&store, &server);
    let guest = Member::new(&store, &server, "guest", "viewer");
    let account = format!("/api/v1/users/{}", guest.id);
    let mut live = server.live(&guest.token);
    live.subscribe(&["feed"], None);
    let mut stream = Stream::of_feed(&server, &guest.token);
    let may = || {
        let write = create(&guest.api, None, 1).status;
        [write, guest.api.get("/api/v1/users").status]
    };
    assert_eq!(may(), [403, 403]);
    for (role, allowed) in
        [("editor", [201, 403]), ("admin", [201, 200]), ("viewer", [403, 403]), ("admin", [201, 200])]
    {
        assert_eq!(admin.put(&account, &json!({ "role": role })).status, 200);
        assert_eq!(guest.api.get("/api/v1/auth/me").body["data"]["role"], role);
        assert_eq!(may(), allowed, "{role}");
    }
    // Accounts are for administrators alone: what was created while the guest was one is all that they see.
    let created = |role: &str, email: &str| {
        assert_eq!(admin.put(&account, &json!({ "role": role })).status, 200);
        let new = json!({"email": email, "name": "New", "role": "viewer"});
        assert_eq!(admin.post("/api/v1/users", &new).status, 201);
    };
    created("viewer", "unseen@example.com");
    let marker = episode_id(&create(&admin, None, 2));
    let seen = live.events_until(|event| event.data()["episode"]["id"] == *marker);
    assert!(seen.iter().all(|event| event.name != "user_created"));
    let streamed = std::iter::from_fn(|| stream.next());
    let mut until_marker = streamed.take_while(|record| record.data["data"]["episode"]["id"] != *marker);
    assert!(until_marker.all(|record| record.event != "user_created"));
    created("admin", "seen@example.com");
    let event = live.events_until_named("user_created").pop().unwrap();
    assert_eq!(event.data()["user"]["email"], "seen@example.com");
    let record = std::iter::from_fn(|| stream.next()).find(|record| record.event == "user_created").unwrap();
    assert_eq!(record.data["data"]["user"]["email"], "seen@example.com");
}

fn an_editor_who_is_a_viewer_of_one_show_writes_everywhere_else(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = admin(&store, &server);
    let editor = Member::new(&store, &server, "editor", "editor");
    let (closed, open) = (show(&admin, "Closed"), show(&admin, "Open"));
    assert_eq!(give(&admin, &closed, &editor.id, "viewer"), 201);
    assert_problem("the closed show", &create(&editor.api, Some(&closed), 1), 403, "FORBIDDEN");
    assert_problem("its deletion", &editor.api.delete(&format!("/api/v1/shows/{closed}")), 403, "FORBIDDEN");
    assert_eq!(create(&editor.api, Some(&open), 1).status, 201);
    assert_eq!(create(&editor.api, None, 1).status, 201);

    let me = user_id(&admin);
    assert_eq!(give(&admin, &closed, &me, "viewer"), 201);
    assert_eq!(create(&admin, Some(&closed), 1).status, 201, "an administrator cannot be locked out");
}

fn an_administrator_of_a_show_keeps_its_members_and_deletes_for_good(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = admin(&store, &server);
    let lead = Member::new(&store, &server, "lead", "viewer");
    let guest = Member::new(&store, &server, "guest", "viewer");
    let (own, other) = (show(&admin, "Own"), show(&admin, "Other"));
    assert_eq!(give(&admin, &own, &lead.id, "admin"), 201);
    assert_eq!(give(&lead.api, &own, &guest.id, "editor"), 201);
    assert_eq!(give(&lead.api, &own, &guest.id, "viewer"), 200);
    assert_eq!(give(&lead.api, &other, &guest.id, "editor"), 403);
    assert_eq!(give(&lead.api, &own, &guest.id, "worker"), 422);
    assert_problem("other accounts", &lead.api.get("/api/v1/users"), 403, "FORBIDDEN");

    let listed = guest.api.get(&format!("/api/v1/shows/{own}/members?total=true"));
    let named: Vec<_> = listed.list().iter().map(|member| (&member["user_name"], &member["role"])).collect();
    assert_eq!(named, [(&json!("lead@example.com"), &json!("admin")), (&json!("guest@example.com"), &json!("viewer"))]);
    assert_eq!(listed.body["page"]["total"], 2);

    let episode = format!("/api/v1/episodes/{}", episode_id(&create(&lead.api, Some(&own), 1)));
    assert_eq!(lead.api.delete(&format!("{episode}?permanent=true")).status, 200);
    let activities = lead.api.get(&format!("/api/v1/activities?resource_type=membership&resource_id={}", guest.id));
    let told: Vec<_> =
        activities.list().iter().map(|activity| (&activity["action"], &activity["resourceName"])).collect();
    let name = json!("guest@example.com");
    assert_eq!(told, [(&json!("UPDATE"), &name), (&json!("CREATE"), &name)]);
    assert_eq!(activities.list()[0]["metadata"]["changes"], json!({"role": ["editor", "viewer"]}));
    assert!(activities.list()[0]["ip"].is_null(), "where somebody was is for administrators of everything");
}

fn a_role_counts_at_once_and_ends_at_once(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = admin(&store, &server);
    let guest = Member::new(&store, &server, "guest", "viewer");
    let own = show(&admin, "Own");
    let episode = format!("/api/v1/episodes/{}", episode_id(&create(&admin, Some(&own), 1)));
    let mut live = server.live(&guest.token);
    live.subscribe(&[&format!("show:{own}")], None);
    let title = |title: &str| guest.api.put(&episode, &json!({ "title": title })).status;

    for round in 0..3 {
        assert_eq!(title(&format!("{round} before")), 403);
        assert_eq!(give(&admin, &own, &guest.id, "editor"), 201);
        assert_eq!(title(&format!("{round} as an editor")), 200);
        assert_eq!(admin.delete(&membership(&own, &guest.id)).status, 200);
        assert_eq!(title(&format!("{round} after")), 403);
    }
    let mut left = 9;
    let all = |_: &Event| {
        left -= 1;
        left == 0
    };
    let roles: Vec<[Value; 2]> = live
        .events_until(all)
        .into_iter()
        .filter(|event| event.name == "membership_changed")
        .map(|event| [event.data()["previousRole"].clone(), event.data()["role"].clone()])
        .collect();
    let (given, taken) = ([Value::Null, json!("editor")], [json!("editor"), Value::Null]);
    assert_eq!(roles, [given.clone(), taken.clone(), given.clone(), taken.clone(), given, taken]);

    if let Backend::Postgres = backend {
        let second = store.serve_from("other");
        let there = second.api(&guest.token);
        let path = episode.as_str();
        assert_eq!(there.put(path, &json!({"title": "No"})).status, 403);
        assert_eq!(give(&admin, &own, &guest.id, "editor"), 201);
        eventually("the other node lets an editor in", || {
            (there.put(path, &json!({"title": "Yes"})).status == 200).then_some(())
        });
    }
}
