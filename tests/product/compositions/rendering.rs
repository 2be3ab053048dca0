//! Pictures: rendered once, always the same, and refused where a source is hostile.

use std::collections::BTreeSet;
use std::thread;

use image::ImageFormat;
use serde_json::{Value, json};

use super::{create, outputs, picture, render};
use crate::harness::{Api, Backend, Store, eventually, on_both_stores};
use crate::jobs::job_in;

on_both_stores!(
    a_composition_is_rendered_in_every_format_and_encoding_and_told_of,
    a_hundred_equal_requests_render_once,
    equal_scenes_are_equal_pictures_after_a_restart_too,
    a_picture_that_cannot_be_drawn_fails_the_job_and_says_which,
);

const FORMATS: [(&str, u32, u32); 8] = [
    ("YOUTUBE", 1920, 1080),
    ("YOUTUBE_MOBILE", 1280, 720),
    ("INSTAGRAM_FEED", 1080, 1080),
    ("INSTAGRAM_STORY", 1080, 1920),
    ("TIKTOK", 1080, 1920),
    ("FACEBOOK", 1200, 630),
    ("TWITTER", 1200, 675),
    ("PINTEREST", 1000, 1500),
];

/// A composition of everything, in every format.
fn everything(editor: &Api) -> String {
    let (host, background) = (picture(editor, "#d62828", "PINTEREST"), picture(editor, "#003049", "YOUTUBE"));
    let episode = editor.create("The one with the pictures", 7);
    create(
        editor,
        &json!({"name": "Everything", "episode_id": episode, "formats": FORMATS.map(|(name, _, _)| name), "layers": [
            {"role": "background", "kind": "image", "source": {"file_id": background}},
            {"role": "host", "source": {"file_id": host}},
            {"role": "guest", "source": {"file_id": host}, "fit": "contain"},
            {"role": "title", "source": {"text": "Episode {episode_number}: {title}"}},
        ]}),
    )
}

fn a_composition_is_rendered_in_every_format_and_encoding_and_told_of(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let composition = everything(&editor);
    let mut live = server.live(&token);
    live.subscribe(&["compositions"], None);
    for (encoding, kind) in [("jpeg", ImageFormat::Jpeg), ("png", ImageFormat::Png), ("webp", ImageFormat::WebP)] {
        let results = render(&editor, &composition, &json!({"encoding": encoding}));
        assert_eq!(results["outputs"].as_array().unwrap().len(), 8);
        let told = live.events_until_named("composition_rendered").pop().unwrap();
        assert_eq!(told.data()["outputs"].as_array().unwrap().len(), 8);
        for output in outputs(&editor, &composition).iter().filter(|output| output["encoding"] == encoding) {
            let bytes = editor.content(output["file_id"].as_str().unwrap());
            let decoded = image::load_from_memory_with_format(&bytes, kind).unwrap();
            let (_, width, height) = *FORMATS.iter().find(|(name, _, _)| output["format"] == *name).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (width, height), "{output}");
            assert_eq!((&output["status"], &output["bytes"]), (&json!("ready"), &json!(bytes.len())));
        }
    }
    assert_eq!(editor.get(&composition).body["data"]["status"], "ready");
    let preview = editor.get(&format!("{composition}/preview.svg?format=TIKTOK"));
    assert_eq!(preview.header("content-type"), Some("image/svg+xml"));
    let svg = String::from_utf8(preview.bytes.0).unwrap();
    assert!(svg.starts_with("<svg") && !svg.contains("<text") && !svg.contains("http://127"), "{}", &svg[..200]);
}

fn a_hundred_equal_requests_render_once(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let composition = create(&editor, &json!({"name": "Pilot", "layers": [{"role": "shade", "kind": "shape"}]}));
    let jobs: BTreeSet<String> = thread::scope(|scope| {
        let asking: Vec<_> = (0..10)
            .map(|_| {
                scope.spawn(|| {
                    let ask = |_| {
                        let answer = editor.post(&format!("{composition}/render"), &json!({}));
                        assert_eq!(answer.status, 202, "{answer:?}");
                        answer.body["data"]["id"].as_str().unwrap().to_owned()
                    };
                    (0..10).map(ask).collect::<Vec<_>>()
                })
            })
            .collect();
        asking.into_iter().flat_map(|asking| asking.join().unwrap()).collect()
    });
    let rendered = |id: &String| job_in(&editor, id, "completed")["results"]["rendered"].as_u64().unwrap();
    assert_eq!(jobs.iter().map(rendered).sum::<u64>(), 1);
}

/// Fifty compositions that differ, each rendered: their names and digests.
fn fifty(editor: &Api) -> Vec<(String, Value)> {
    let paths: Vec<String> = (0..50)
        .map(|number| {
            create(
                editor,
                &json!({"name": format!("{number}"), "formats": ["YOUTUBE_MOBILE"], "layers": [
                    {"role": "shade", "kind": "shape", "fill": format!("#10{:02x}28", number * 5), "radius": f64::from(number) / 100.0,
                     "frame": {"x": 0.1, "y": 0.1, "w": 0.8, "h": 0.8}},
                    {"role": "title", "kind": "text", "source": {"text": format!("Nr. {number} — Ünï العربية 画")},
                     "shadow": {"blur": 0.01}},
                ]}),
            )
        })
        .collect();
    for path in &paths {
        assert_eq!(editor.post(&format!("{path}/render"), &json!({"encoding": "png"})).status, 202);
    }
    let with_digest = |path: String| {
        let digest = digest(editor, &path);
        (path, digest)
    };
    paths.into_iter().map(with_digest).collect()
}

/// The digest of a composition's only output, once it is ready.
fn digest(editor: &Api, composition: &str) -> Value {
    eventually("it is rendered", || {
        let output = outputs(editor, composition)[0].clone();
        (output["status"] == "ready").then(|| output["sha256"].clone())
    })
}

fn equal_scenes_are_equal_pictures_after_a_restart_too(backend: Backend) {
    let store = Store::new(backend);
    let mut server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let first = fifty(&editor);
    let different: BTreeSet<String> = first.iter().map(|(_, digest)| digest.to_string()).collect();
    assert_eq!(different.len(), 50);
    // Without the files nothing can be reused.
    let admin = server.api(&store.token("admin@example.com", "admin"));
    for (path, _) in &first {
        for output in outputs(&editor, path) {
            let file = format!("/api/v1/files/{}", output["file_id"].as_str().unwrap());
            assert_eq!(editor.delete(&file).status, 409, "an output has it");
            assert_eq!(admin.delete(&format!("{file}?force=true")).status, 200);
        }
    }
    server.terminate();
    assert!(server.wait().success());
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    for (path, digest) in &first {
        assert_eq!(render(&editor, path, &json!({"encoding": "png"}))["rendered"], 1);
        assert_eq!(&outputs(&editor, path)[0]["sha256"], digest);
    }
}

fn a_picture_that_cannot_be_drawn_fails_the_job_and_says_which(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let whole = editor.content(&picture(&editor, "#d62828", "YOUTUBE_MOBILE"));
    let mut vast = whole.clone();
    // The header of a PNG holds its width and height from the 16th byte on; a checksum follows the 13 bytes of it.
    vast[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
    let sum = crc32(&vast[12..29]);
    vast[29..33].copy_from_slice(&sum.to_be_bytes());
    for (name, bytes, reason) in [("vast.png", &vast[..], "pixels"), ("half.png", &whole[..whole.len() / 2], "")] {
        let file = editor.upload(name, bytes);
        let layers = json!([{"role": "host", "kind": "image", "source": {"file_id": file["id"]}}]);
        let composition = create(&editor, &json!({"name": "Pilot", "layers": layers}));
        let answer = editor.post(&format!("{composition}/render"), &json!({}));
        let job = job_in(&editor, answer.body["data"]["id"].as_str().unwrap(), "failed");
        let error = job["error_message"].as_str().unwrap();
        assert!(error.contains(name) && error.contains(reason) && job["attempt"] == 1, "{job}");
        assert_eq!(editor.get(&composition).body["data"]["status"], "failed");
        let preview = editor.get(&format!("{composition}/preview.svg"));
        assert_eq!(preview.body["code"], "VALIDATION_FAILED", "{preview:?}");
    }
}

/// The checksum of PNG chunks (PNG, third edition, annex D).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(sum & 1)))
    })
}
