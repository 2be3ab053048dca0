//! A store that was restored from a backup: whoever saw more than the backup holds is told so, over every transport.

use serde_json::{Value, json};

use crate::harness::{Answer, Api, Backend, Live, PATIENCE, Received, Server, Store, eventually, on_both_stores};

on_both_stores!(
    of_two_lives_of_one_backup_neither_takes_a_client_of_the_other_for_its_own,
    a_restore_that_was_not_told_of_is_found_out_by_who_names_the_event_that_it_saw,
    a_running_server_notices_that_its_store_was_restored_and_nothing_is_held_up,
);

const EVENTS: &str = "/api/v1/events";

/// A store, the server on it and an editor there.
struct Life {
    store: Store,
    server: Server,
    token: String,
}

/// Where a client stopped reading.
#[derive(Debug, Clone)]
struct Seen {
    seq: i64,
    id: String,
}

impl Life {
    fn of(store: Store) -> Self {
        let (server, token) = (store.serve(), store.token("editor@example.com", "editor"));
        Self { store, server, token }
    }

    fn editor(&self) -> Api {
        self.server.api(&self.token)
    }

    /// Lives on by so many changes, and answers what a client has seen last.
    fn live_on(&self, changes: u32) -> Seen {
        let mut live = self.server.live(&self.token);
        live.subscribe(&["episodes"], None);
        let seen = (0..changes).map(|n| {
            self.editor().create(&format!("{n}"), n);
            let event = live.event();
            Seen { seq: event.seq, id: event.envelope["id"].as_str().unwrap().to_owned() }
        });
        let last = seen.last().unwrap();
        self.store.outside().wait_until_read();
        last
    }

    fn head(&self) -> i64 {
        self.store.outside().head()
    }

    /// The first frame of a subscription that resumes there.
    fn resumed(&self, seen: &Seen, named: bool) -> (Live, Value) {
        let mut live = self.server.live(&self.token);
        let mut frame = json!({"type": "subscribe", "topics": ["episodes"], "since": seen.seq});
        if named {
            frame["since_id"] = json!(seen.id);
        }
        live.send(&frame).unwrap();
        let first = frame_of(&mut live);
        (live, first)
    }

    /// The answers to a client that resumes there by server-sent events, by its last event and by parameters, and that
    /// catches up.
    fn asked(&self, seen: &Seen, named: bool) -> [Answer; 3] {
        let Seen { seq, id } = seen;
        let (mut last, mut since) = (seq.to_string(), format!("since={seq}"));
        if named {
            last = format!("{last}:{id}");
            since = format!("{since}&since_id={id}");
        }
        let path = format!("{EVENTS}?topics=episodes&{since}");
        let get = |path: &str, headers: &[(&str, &str)]| self.editor().send("GET", path, headers, b"").unwrap();
        [
            get(EVENTS, &[("accept", "text/event-stream"), ("last-event-id", &last)]),
            get(&path, &[("accept", "text/event-stream")]),
            get(&path, &[]),
        ]
    }

    /// A client that stopped there is told to read the records again, whichever way it comes back.
    #[track_caller]
    fn assert_refuses(&self, seen: &Seen, named: bool) {
        let head = self.head();
        let (mut live, first) = self.resumed(seen, named);
        assert_eq!((&first["type"], &first["head"]), (&json!("resync"), &json!(head)), "{seen:?}: {first}");
        let subscribed = frame_of(&mut live);
        assert_eq!((&subscribed["type"], &subscribed["from"]), (&json!("subscribed"), &json!(head)));
        for answer in self.asked(seen, named) {
            assert_eq!((answer.status, &answer.body["code"]), (410, &json!("LOG_TRUNCATED")), "{seen:?}: {answer:?}");
            assert_eq!(answer.body["head"], head);
        }
    }

    /// A client that stopped there gets what came after it, each once.
    #[track_caller]
    fn assert_goes_on(&self, seen: &Seen, count: usize) {
        let (mut live, first) = self.resumed(seen, true);
        assert_eq!((&first["type"], &first["from"]), (&json!("subscribed"), &json!(seen.seq)), "{first}");
        let events: Vec<i64> = (0..count).map(|_| live.event().seq).collect();
        let query = format!("{EVENTS}?topics=episodes&limit=100&since={}&since_id={}", seen.seq, seen.id);
        let listed = self.editor().get(&query);
        let listed: Vec<i64> = listed.list().iter().map(|event| event["seq"].as_i64().unwrap()).collect();
        assert_eq!(events, listed);
        assert_eq!(events.len(), count);
        let last = format!("{}:{}", seen.seq, seen.id);
        let mut stream = crate::sse::Stream::open(&self.server, &self.token, Some(&last));
        assert_eq!(stream.next().unwrap().data["seq"], events[0]);
    }

    fn restored(&self) {
        restored(&self.store);
    }
}

fn restored(store: &Store) {
    let output = store.command("restored", "data").output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn frame_of(live: &mut Live) -> Value {
    match live.receive(PATIENCE).unwrap() {
        Received::Frame(frame) => frame,
        other => panic!("expected a frame, got {other:?}"),
    }
}

/// A backup, and what a client saw last before it was taken.
fn backup(backend: Backend) -> (Store, Seen) {
    let life = Life::of(Store::new(backend));
    let seen = life.live_on(3);
    let Life { store, server, .. } = life;
    server.kill();
    (store, seen)
}

fn of_two_lives_of_one_backup_neither_takes_a_client_of_the_other_for_its_own(backend: Backend) {
    let (backup, before) = backup(backend);
    let lives = [(); 2].map(|()| {
        let store = backup.copied();
        restored(&store);
        Life::of(store)
    });
    let seen = lives.each_ref().map(|life| life.live_on(5));
    for (life, other) in [(&lives[0], &seen[1]), (&lives[1], &seen[0])] {
        life.assert_refuses(other, false);
        life.assert_refuses(other, true);
        life.assert_goes_on(&before, 5);
    }
    // What the first life had after the backup, before it was lost.
    let lost = Seen { seq: before.seq + 4, ..before.clone() };
    lives[0].assert_refuses(&lost, false);
    lives[0].assert_refuses(&lost, true);
}

fn a_restore_that_was_not_told_of_is_found_out_by_who_names_the_event_that_it_saw(backend: Backend) {
    let (backup, before) = backup(backend);
    let lives = [(); 2].map(|()| Life::of(backup.copied()));
    let seen = lives.each_ref().map(|life| life.live_on(5));
    for (life, other) in [(&lives[0], &seen[1]), (&lives[1], &seen[0])] {
        life.live_on(20);
        assert!(other.seq < life.head(), "both have given the same places");
        life.assert_refuses(other, true);
        life.assert_goes_on(&before, 25);
    }
}

fn a_running_server_notices_that_its_store_was_restored_and_nothing_is_held_up(backend: Backend) {
    let life = Life::of(Store::new(backend));
    let before = life.live_on(3);
    let mut watcher = life.server.live(&life.token);
    watcher.subscribe(&["episodes"], None);
    let head = life.head();
    life.restored();
    let moved = life.store.outside().wait_until_read() - head;
    assert!((1_000_000_000..2_000_000_000).contains(&moved), "the head moved on by {moved}");
    life.editor().create("After", 9);
    let event = watcher.event();
    assert!(event.seq > head + 1_000_000_000, "{event:?}");
    life.assert_goes_on(&before, 1);

    let activities = eventually("the activity of the change", || {
        let answer = life.editor().get("/api/v1/activities");
        (answer.list()[0]["resourceName"] == "After").then_some(answer)
    });
    assert_eq!(activities.header("showrunner-lag"), None);
    eventually("the server is ready", || (life.editor().get("/readyz").status == 200).then_some(()));
    let lost = Seen { seq: event.seq - 1_000, ..before };
    life.assert_refuses(&lost, false);
    let caught_up = life.editor().get(&format!("{EVENTS}?since={}", event.seq));
    assert!(caught_up.body["page"]["next_cursor"].as_str().unwrap().parse::<i64>().unwrap() >= event.seq);
}
