//! The jobs that work on files, on real media: films, archives, tables, and those that mean no good.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Worker, job_in, queue};
use crate::harness::{Api, Backend, Server, Store, eventually, on_both_stores, shell};

on_both_stores!(
    a_film_becomes_thumbnails_and_a_film_that_browsers_play,
    a_film_that_is_called_off_leaves_no_process_behind,
    a_killed_server_or_worker_takes_its_ffmpeg_with_it_and_the_next_one_its_scratch_folder,
    films_that_mean_no_good_fail_for_good_and_leave_nothing,
    an_archive_becomes_files_and_a_hostile_one_becomes_none,
    episodes_are_exported_and_imported_again,
);

/// A film that ffmpeg draws.
pub(super) fn film(store: &Store, size: &str, seconds: u32) -> Vec<u8> {
    let path = store.home().join(format!("{size}-{seconds}.mp4"));
    let source = format!("testsrc2=size={size}:rate=24,format=yuv420p");
    let script = format!("ffmpeg -v error -y -f lavfi -i {source} -t {seconds} -c:v mpeg4 -q:v 9 {}", path.display());
    assert!(shell(&script).status().unwrap().success(), "{script}");
    std::fs::read(path).unwrap()
}

/// Has a job done on a file and answers its results.
#[track_caller]
fn done(api: &Api, job_type: &str, payload: &Value) -> Value {
    let id = queue(api, &json!({"job_type": job_type, "payload": payload}));
    job_in(api, &id, "completed")["results"].clone()
}

/// Has a job fail on a file, at the first attempt, and answers why.
#[track_caller]
fn failed(api: &Api, job_type: &str, payload: &Value) -> String {
    let id = queue(api, &json!({"job_type": job_type, "payload": payload}));
    let job = job_in(api, &id, "failed");
    assert_eq!(job["attempt"], 1, "{job}");
    job["error_message"].as_str().unwrap().to_owned()
}

/// The processes called ffmpeg that another one has begun and that run.
fn films_of(parent: u32) -> Vec<u32> {
    let running = |pid: u32| Some(pid).filter(|pid| status_of(*pid).is_some_and(|(_, of)| of == parent));
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok().and_then(running)).collect()
}

/// The state of a process called ffmpeg, unless it has ended, and its parent.
fn status_of(pid: u32) -> Option<(char, u32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, after) = stat.split_once("(ffmpeg) ")?;
    let mut fields = after.split_whitespace();
    let (state, parent) = (fields.next()?.chars().next()?, fields.next()?.parse().ok()?);
    (!matches!(state, 'Z' | 'X')).then_some((state, parent))
}

/// How many processes called ffmpeg the server has begun.
fn films_in_hand(server: &Server) -> usize {
    films_of(server.pid()).len()
}

/// What is in the folder for what is only there while a job is done.
fn scratch(store: &Store) -> usize {
    std::fs::read_dir(store.folder("data").join("scratch")).unwrap().count()
}

fn a_film_becomes_thumbnails_and_a_film_that_browsers_play(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let source = editor.upload("pilot.mp4", &film(&store, "640x360", 2));
    assert_eq!(source["file_type"], "video");
    let payload = json!({"file_id": source["id"], "widths": [160, 320], "at_seconds": 1});
    for thumbnail in done(&editor, "thumbnail-generation", &payload)["thumbnails"].as_array().unwrap() {
        let picture = image::load_from_memory(&editor.content(thumbnail["file_id"].as_str().unwrap())).unwrap();
        assert_eq!(thumbnail["width"], picture.width());
        assert_eq!(picture.width() * 9, picture.height() * 16);
    }
    let made = done(&editor, "video-processing", &json!({"file_id": source["id"]}));
    assert_eq!((&made["width"], &made["video_codec"]), (&json!(640), &json!("mpeg4")));
    let again = done(&editor, "video-processing", &json!({"file_id": made["file_id"]}));
    assert_eq!(again["video_codec"], "h264", "what was made is what browsers play");
    assert_eq!(scratch(&store), 0);
}

fn a_film_that_is_called_off_leaves_no_process_behind(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let source = editor.upload("long.mp4", &film(&store, "1280x720", 40));
    let id = queue(&editor, &json!({"job_type": "video-processing", "payload": {"file_id": source["id"]}}));
    eventually("it is being worked on", || (films_in_hand(&server) == 1 && scratch(&store) == 1).then_some(()));
    let called_off = Instant::now();
    assert_eq!(editor.post(&format!("/api/v1/jobs/{id}/cancel"), &json!({})).status, 200);
    eventually("nothing is left of it", || (films_in_hand(&server) == 0 && scratch(&store) == 0).then_some(()));
    println!("{backend:?}: ffmpeg was gone {:?} after its job was called off", called_off.elapsed());
    assert_eq!(editor.get(&format!("/api/v1/jobs/{id}")).body["data"]["status"], "cancelled");
}

fn a_killed_server_or_worker_takes_its_ffmpeg_with_it_and_the_next_one_its_scratch_folder(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let source = editor.upload("long.mp4", &film(&store, "1280x720", 40));
    let queued = queue(&editor, &json!({"job_type": "video-processing", "payload": {"file_id": source["id"]}}));
    let parent = server.pid();
    let films = eventually("it is being worked on", || Some(films_of(parent)).filter(|films| !films.is_empty()));
    server.kill();
    let gone_after = gone(&store, &films);
    println!("{backend:?}: ffmpeg was gone {gone_after:?} after its server was killed");
    assert_eq!(scratch(&store), 1, "nobody was there to remove it");
    // The lease of the job has not ended, so that the next one begins nothing of its own.
    let mut worker = Worker::start(&store);
    eventually("the next start removes what was left behind", || (scratch(&store) == 0).then_some(()));
    store.outside().run("update jobs set lease_expires_at = created_at, due_at = created_at, ready = true");
    let films = eventually("it is taken over", || Some(films_of(worker.pid())).filter(|films| !films.is_empty()));
    let other = store.serve();
    assert_eq!(scratch(&store), 1, "what a running process works in stays");
    worker.kill();
    let gone_after = gone(&store, &films);
    println!("{backend:?}: ffmpeg was gone {gone_after:?} after its worker was killed");
    let editor = other.api(&store.token("editor@example.com", "editor"));
    assert_eq!(editor.post(&format!("/api/v1/jobs/{queued}/cancel"), &json!({})).status, 200);
}

/// How long it takes until these processes have ended, which is not because they were done.
fn gone(store: &Store, films: &[u32]) -> Duration {
    let killed = Instant::now();
    eventually("ffmpeg is gone", || films.iter().all(|film| status_of(*film).is_none()).then_some(()));
    let gone_after = killed.elapsed();
    let folders = std::fs::read_dir(store.folder("data").join("scratch")).unwrap().flatten();
    for made in folders.filter_map(|folder| std::fs::read(folder.path().join("web.mp4")).ok()) {
        assert!(!made.windows(4).any(|four| four == b"moov"), "ffmpeg has ended its film, {gone_after:?} later");
    }
    gone_after
}

fn films_that_mean_no_good_fail_for_good_and_leave_nothing(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let whole = film(&store, "320x180", 2);
    let half = editor.upload("half.mp4", &whole[..whole.len() / 2]);
    let error = failed(&editor, "video-processing", &json!({"file_id": half["id"]}));
    assert!(!error.is_empty() && !error.contains("/tmp"), "{error}");
    let playlist = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n";
    let playlist = editor.upload("list.m3u8", playlist);
    let error = failed(&editor, "video-processing", &json!({"file_id": playlist["id"]}));
    assert!(error.contains("no video"), "{error}");
    let error = failed(&editor, "thumbnail-generation", &json!({"file_id": playlist["id"]}));
    assert!(error.contains("neither"), "{error}");
    assert_eq!((scratch(&store), films_in_hand(&server)), (0, 0));
    assert_eq!(editor.get("/api/v1/files?limit=100").list().len(), 2, "nothing was made of them");
}

/// A ZIP archive with these entries.
fn archive(store: &Store, name: &str, entries: &str) -> Vec<u8> {
    let path = store.home().join(name);
    let script =
        format!("python3 -c \"import zipfile\nwith zipfile.ZipFile('{}', 'w') as z: {entries}\"", path.display());
    assert!(shell(&script).status().unwrap().success(), "{script}");
    std::fs::read(path).unwrap()
}

fn an_archive_becomes_files_and_a_hostile_one_becomes_none(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let good = archive(&store, "good.zip", "z.writestr('notes.txt', 'one'); z.writestr('sub/bild-ä.txt', 'two')");
    let good = editor.upload("good.zip", &good);
    assert_eq!(good["file_type"], "archive");
    let made = done(&editor, "bulk-upload", &json!({"file_id": good["id"]}));
    assert_eq!((made["files"].as_array().unwrap().len(), &made["refused"]), (2, &json!([])));
    let names: Vec<_> = editor.get("/api/v1/files").list().iter().map(|file| file["name"].clone()).collect();
    assert!(names.contains(&json!("notes.txt")) && names.contains(&json!("bild-ä.txt")), "{names:?}");
    for (name, entries) in [
        ("up.zip", "z.writestr('../evil.txt', 'x')"),
        ("root.zip", "z.writestr('/etc/evil.txt', 'x')"),
        ("many.zip", "[z.writestr(str(n), '') for n in range(10001)]"),
    ] {
        let hostile = editor.upload(name, &archive(&store, name, entries));
        let error = failed(&editor, "bulk-upload", &json!({"file_id": hostile["id"]}));
        assert!(!error.is_empty(), "{name}");
    }
    assert_eq!(editor.get("/api/v1/files?limit=100").list().len(), 6);
}

fn episodes_are_exported_and_imported_again(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let admin = server.api(&store.token("admin@example.com", "admin"));
    for number in 1..=3 {
        admin.create(&format!("Episode, \"{number}\""), number);
    }
    let exported = done(&admin, "bulk-export", &json!({"format": "csv"}));
    assert_eq!(exported["episodes"], 3);
    let table = json!({"file_id": exported["file_id"], "dry_run": true});
    assert_eq!(done(&admin, "data-import", &table)["episodes"], 3);
    let count = || admin.get("/api/v1/episodes?total=true").body["page"]["total"].clone();
    assert_eq!(count(), 3, "a dry run writes nothing");
    assert_eq!(done(&admin, "data-import", &json!({"file_id": exported["file_id"]}))["episodes"], 3);
    assert_eq!(count(), 6);
    let faulty = admin.upload("faulty.csv", b"title,episode_number\nPilot,one\n");
    let error = failed(&admin, "data-import", &json!({"file_id": faulty["id"]}));
    assert!(error.contains("\n2:2: episode_number"), "the line and the column: {error}");
    assert_eq!(count(), 6);
}
