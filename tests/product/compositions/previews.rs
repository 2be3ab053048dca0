//! What previews may cost: designs within a budget, turns for each user, nothing drawn twice, and plain words about what is gone.

use std::io::Cursor;
use std::thread;
use std::time::Instant;

use serde_json::{Value, json};

use super::{COMPOSITIONS, create, picture};
use crate::bad_input::assert_problem;
use crate::harness::{Answer, Api, Backend, Server, Store, cpu_seconds, on_both_stores, peak_kilobytes};
use crate::jobs::job_in;

on_both_stores!(
    a_design_that_is_too_much_to_draw_is_refused_when_it_is_saved,
    a_design_that_becomes_too_much_by_its_episode_is_refused_when_it_is_drawn,
    what_a_composition_names_and_is_gone_is_named_by_its_preview_and_its_job,
    a_user_who_wants_many_previews_at_once_keeps_nobody_from_theirs,
    #[ignore = "a drill: prints figures"]
    what_previews_of_costly_designs_take,
);

fn text(words: &str) -> Value {
    json!({"role": "title", "kind": "text", "source": {"text": words}, "font": {"size": 0.01}, "max_lines": 20})
}

fn of_file(file: &Value) -> Value {
    json!({"role": "cover", "kind": "image", "source": {"file_id": file}})
}

fn preview(api: &Api, composition: &str) -> Answer {
    api.get(&format!("{composition}/preview.svg"))
}

/// Why a composition is not rendered, as its job says after the first attempt.
#[track_caller]
fn why_not_rendered(api: &Api, composition: &str) -> String {
    let answer = api.post(&format!("{composition}/render"), &json!({}));
    assert_eq!(answer.status, 202, "{answer:?}");
    let job = job_in(api, answer.body["data"]["id"].as_str().unwrap(), "failed");
    assert_eq!(job["attempt"], 1, "{job}");
    job["error_message"].as_str().unwrap().to_owned()
}

/// What is wrong with which field.
#[track_caller]
fn refused(what: &str, answer: &Answer) -> (String, String) {
    assert_problem(what, answer, 422, "VALIDATION_FAILED");
    let error = &answer.body["errors"][0];
    (error["field"].as_str().unwrap().to_owned(), error["message"].as_str().unwrap().to_owned())
}

fn a_design_that_is_too_much_to_draw_is_refused_when_it_is_saved(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let file = json!(picture(&editor, "#d62828", "YOUTUBE_MOBILE"));
    let shade = json!({"role": "shade", "kind": "shape", "opacity": 0.5});
    let long = text(&"a long text ".repeat(166));
    let composition = create(&editor, &json!({"name": "Good", "layers": vec![text("a short text"); 50]}));
    for (layer, says) in [(long, "99600 characters"), (of_file(&file), "pictures"), (shade, "transparency")] {
        let layers = json!(vec![layer; 50]);
        for answer in [
            editor.post(COMPOSITIONS, &json!({"name": "Costly", "layers": layers})),
            editor.put(&composition, &json!({"layers": layers})),
            editor.post("/api/v1/templates", &json!({"name": "Costly", "layers": layers})),
        ] {
            let (field, message) = refused("costly", &answer);
            assert!(field == "layers" && message.contains(says), "{field} {message}");
        }
    }
    assert_eq!(preview(&editor, &composition).status, 200);
}

fn a_design_that_becomes_too_much_by_its_episode_is_refused_when_it_is_drawn(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let episode = editor.create(&"a".repeat(255), 1);
    let layers = json!([text(&"{title} ".repeat(200))]);
    let free = json!({"name": "Costly", "layers": layers});
    let composition = create(&editor, &free);
    assert_eq!(preview(&editor, &composition).status, 200, "without an episode nothing stands there");
    assert_eq!(editor.put(&composition, &json!({"episode_id": episode})).status, 200);
    let (field, message) = refused("with its title", &preview(&editor, &composition));
    assert!(field == "layers" && message.contains("51200 characters"), "{field} {message}");
    assert_eq!(why_not_rendered(&editor, &composition), format!("{field} {message}"));
}

fn what_a_composition_names_and_is_gone_is_named_by_its_preview_and_its_job(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let episode = editor.create("Pilot", 1);
    let file = json!(picture(&editor, "#d62828", "YOUTUBE_MOBILE"));
    let with_file = create(&editor, &json!({"name": "Of a file", "layers": [of_file(&file)]}));
    let with_episode = json!({"name": "Of an episode", "episode_id": episode, "layers": [text("{title}")]});
    let with_episode = create(&editor, &with_episode);
    // As if it had been removed before what names it counted.
    let file = file.as_str().unwrap();
    store.outside().run(&format!("delete from files where id = '{file}'; delete from episodes where id = '{episode}'"));
    let (field, message) = refused("a file that is gone", &preview(&editor, &with_file));
    assert!(field == "layers" && message.contains(&format!("the file {file}, which is gone")), "{field} {message}");
    assert_eq!(why_not_rendered(&editor, &with_file), format!("{field} {message}"));
    let (field, message) = refused("an episode that is gone", &preview(&editor, &with_episode));
    assert!(field == "episode_id" && message.contains("gone"), "{field} {message}");
    let wanted = editor.post(&format!("{with_episode}/render"), &json!({}));
    assert_eq!(refused("a job for an episode that is gone", &wanted).0, "episode_id");
}

/// Something that takes a while to draw, and differs from all others.
fn slow(api: &Api, number: usize) -> String {
    let layers = json!(vec![text(&format!("{number} costly words ").repeat(60)); 9]);
    create(api, &json!({"name": format!("Slow {number}"), "layers": layers}))
}

fn a_user_who_wants_many_previews_at_once_keeps_nobody_from_theirs(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let (editor, viewer) = (server.api(&token), server.api(&store.token("viewer@example.com", "viewer")));
    let compositions: Vec<String> = (0..12).map(|number| slow(&editor, number)).collect();
    let quick = create(&editor, &json!({"name": "Quick", "layers": [text("quick")]}));
    let many: Vec<_> = compositions
        .iter()
        .map(|composition| {
            let (api, composition) = (server.api(&token), composition.clone());
            thread::spawn(move || preview(&api, &composition))
        })
        .collect();
    assert_eq!(preview(&viewer, &quick).status, 200);
    let answers: Vec<Answer> = many.into_iter().map(|asking| asking.join().unwrap()).collect();
    let of = |status: u16| answers.iter().filter(|answer| answer.status == status).collect::<Vec<_>>();
    let (drawn, limited) = (of(200), of(429));
    assert_eq!(drawn.len() + limited.len(), 12, "{answers:?}");
    assert!(drawn.len() >= 5, "one is drawn and four wait");
    for answer in limited {
        assert_problem("too many", answer, 429, "RATE_LIMITED");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
    for composition in &compositions {
        assert_eq!(preview(&editor, composition).status, 200, "there is room again");
    }
}

/// Prints how long a preview takes, and how much of the processor and of memory.
fn figure(server: &Server, what: &str, ask: impl FnOnce() -> Answer) {
    let (begun, cpu) = (Instant::now(), cpu_seconds(server.pid()));
    let answer = ask();
    let (took, cpu) = (begun.elapsed(), cpu_seconds(server.pid()) - cpu);
    let (bytes, peak) = (answer.bytes.0.len(), peak_kilobytes(server.pid()) / 1024);
    println!("{what}: {} after {took:?}, {cpu:.2} s of CPU, {bytes} bytes, at most {peak} MB so far", answer.status);
}

fn what_previews_of_costly_designs_take(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    println!("{backend:?}");
    let quick = create(&editor, &json!({"name": "Quick", "layers": [text("quick")]}));
    figure(&server, "the first preview, which reads the fonts", || preview(&editor, &quick));
    let words = "Ein Öffentlicher Text mit 漢字 und 👩‍👩‍👧‍👦 darin. ";
    let costly = text(&words.chars().cycle().take(2_000).collect::<String>());
    let refused = json!({"name": "50 long texts", "layers": vec![costly.clone(); 50]});
    figure(&server, "50 layers of long text", || editor.post(COMPOSITIONS, &refused));
    let most = create(&editor, &json!({"name": "5 long texts", "layers": vec![costly; 5]}));
    figure(&server, "as much text as may be", || preview(&editor, &most));
    figure(&server, "the same again", || preview(&editor, &most));
    let mut png = Cursor::new(Vec::new());
    let shade = |at: u32| u8::try_from(at % 251).unwrap();
    let vast = image::RgbImage::from_fn(7_000, 7_000, |x, y| image::Rgb([shade(x), shade(y), 7]));
    image::DynamicImage::from(vast).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let file = editor.upload("vast.png", &png.into_inner())["id"].clone();
    let mut small = of_file(&file);
    small["frame"] = json!({"x": 0, "y": 0, "w": 0.3, "h": 0.3});
    let many = create(&editor, &json!({"name": "50 pictures", "layers": vec![small; 50]}));
    figure(&server, "50 layers of one picture of 49 megapixels", || preview(&editor, &many));
    let full = create(&editor, &json!({"name": "12 pictures", "layers": vec![of_file(&file); 12]}));
    figure(&server, "12 layers of it over the whole canvas", || preview(&editor, &full));
}
