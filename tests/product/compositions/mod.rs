//! Compositions on the real server: written, decided about, rendered, and told of.

mod behaviour;
mod pictures;
mod previews;
mod rendering;

use serde_json::{Value, json};

use crate::harness::Api;
use crate::jobs::job_in;

const COMPOSITIONS: &str = "/api/v1/compositions";

/// Creates a composition and answers its path.
#[track_caller]
fn create(api: &Api, body: &Value) -> String {
    let answer = api.post(COMPOSITIONS, body);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.header("location").unwrap().to_owned()
}

/// Has a composition rendered, and answers the results of the job that did it.
#[track_caller]
fn render(api: &Api, composition: &str, wish: &Value) -> Value {
    let answer = api.post(&format!("{composition}/render"), wish);
    assert_eq!(answer.status, 202, "{answer:?}");
    job_in(api, answer.body["data"]["id"].as_str().unwrap(), "completed")["results"].clone()
}

/// The outputs of a composition.
#[track_caller]
fn outputs(api: &Api, composition: &str) -> Vec<Value> {
    api.get(&format!("{composition}/outputs")).list().to_vec()
}

/// A picture that the product draws: a square of this colour with a smaller one within it.
#[track_caller]
fn picture(api: &Api, colour: &str, format: &str) -> String {
    let drawn = create(
        api,
        &json!({"name": "picture", "formats": [format], "layers": [
            {"role": "ground", "kind": "shape", "fill": colour},
            {"role": "face", "kind": "shape", "fill": "#ffffff", "radius": 0.5, "opacity": 0.8,
             "frame": {"x": 0.3, "y": 0.2, "w": 0.4, "h": 0.4}},
        ]}),
    );
    let results = render(api, &drawn, &json!({"encoding": "png"}));
    results["outputs"][0]["file_id"].as_str().unwrap().to_owned()
}
