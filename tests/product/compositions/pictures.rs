//! The pictures in the guide to compositions, made by the product of what the product draws.

use serde_json::{Value, json};

use super::{create, outputs, render};
use crate::harness::{Api, Backend, Store, root};

#[test]
#[ignore = "`make contracts` runs it: it writes the pictures in docs anew"]
fn the_pictures_in_docs_are_written_anew() {
    let store = Store::new(Backend::Sqlite);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let (host, guest) = (portrait(&editor, "#e76f51", "#264653"), portrait(&editor, "#2a9d8f", "#e9c46a"));
    let host_and_guest = json!([
        {"role": "background", "kind": "shape", "fill": "#12263a"},
        {"role": "sun", "kind": "shape", "fill": "#f4a261", "radius": 0.5, "opacity": 0.9,
         "frame": {"x": 0.58, "y": -0.3, "w": 0.6, "h": 1.067}},
        {"role": "host", "source": {"file_id": host}}, {"role": "guest", "source": {"file_id": guest}},
        {"role": "title", "source": {"text": "The one in which everything is composed"}},
        {"role": "line", "source": {"text": "Season 1, Episode 1"}},
    ]);
    let title = |text: &str, y: f64| {
        let place = json!({"x": 0.06, "y": y, "w": 0.88, "h": 0.19});
        let ground =
            json!({"role": "box", "kind": "shape", "fill": "#ffffff", "opacity": 0.12, "radius": 0.1, "frame": place});
        let text = json!({"role": "text", "kind": "text", "source": {"text": text}, "frame": place, "max_lines": 2,
            "font": {"weight": 700, "size": 0.1}});
        [ground, text]
    };
    let mut titles = vec![json!({"role": "background", "kind": "shape", "fill": "#1d3557"})];
    titles.extend(title("A title that is so long that it has to become smaller and in the end has to be cut off, since no box is endless, however small the letters are", 0.05));
    titles.extend(title("الحلقة الأولى: بداية الحكاية", 0.29));
    titles.extend(title("第一集：故事的开始与漫长的旅程", 0.53));
    titles.extend(title("Popcorn 🍿, drama 🎭 and 👩‍🚀 in space 🚀", 0.77));
    for (name, layers) in [("host-and-guest", host_and_guest), ("titles", json!(titles))] {
        let composition = create(&editor, &json!({"name": name, "formats": ["YOUTUBE_MOBILE"], "layers": layers}));
        render(&editor, &composition, &json!({"encoding": "jpeg"}));
        let file = outputs(&editor, &composition)[0]["file_id"].as_str().unwrap().to_owned();
        let folder = root().join("docs/pictures");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(name).with_extension("jpg"), editor.content(&file)).unwrap();
    }
}

/// Somebody, head and shoulders.
fn portrait(editor: &Api, skin: &str, coat: &str) -> String {
    let shape = |fill: &str, [x, y, w, h]: [f64; 4]| -> Value {
        json!({"role": "part", "kind": "shape", "fill": fill, "radius": 0.5, "frame": {"x": x, "y": y, "w": w, "h": h}})
    };
    let layers = json!([
        {"role": "ground", "kind": "shape", "fill": "#f1faee"},
        shape(coat, [0.12, 0.6, 0.76, 0.9]),
        shape(skin, [0.3, 0.18, 0.4, 0.4]),
    ]);
    let drawn = create(editor, &json!({"name": "portrait", "formats": ["INSTAGRAM_FEED"], "layers": layers}));
    render(editor, &drawn, &json!({"encoding": "png"}))["outputs"][0]["file_id"].as_str().unwrap().to_owned()
}
