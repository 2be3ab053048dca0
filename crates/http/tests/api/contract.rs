//! The OpenAPI document: whole, and the same as the one that is kept in `docs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use actix_web::test::TestRequest;
use serde_json::Value;
use showrunner_http::document;
use showrunner_web::Code;

use crate::harness::Api;

/// Every operation, with its method and path.
pub(crate) fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap().iter();
    let named = paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().iter();
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    named.collect()
}

#[actix_web::test]
async fn the_document_is_there_for_anybody() {
    let response = Api::new().call(TestRequest::get().uri("/api/v1/openapi.json")).await;
    assert_eq!((response.status.as_u16(), response.header("content-type")), (200, Some("application/json")));
    assert_eq!(response.json(), document());
}

/// A document that is kept in `docs`.
pub(crate) fn kept(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

#[test]
fn the_document_in_docs_is_this_one() {
    let kept: Value = serde_json::from_str(&fs::read_to_string(kept("openapi.json")).unwrap()).unwrap();
    assert!(kept == document(), "docs/openapi.json is out of date: `make contracts` writes it anew");
}

#[test]
#[ignore = "`make contracts` runs it: it writes the document in docs anew"]
fn the_document_in_docs_is_written_anew() {
    fs::write(kept("openapi.json"), format!("{:#}\n", document())).unwrap();
}

#[test]
fn every_operation_has_a_name_of_its_own_and_says_what_it_is_for() {
    let document = document();
    let mut names = BTreeSet::new();
    for (endpoint, operation) in operations(&document) {
        assert!(names.insert(operation["operationId"].as_str().unwrap()), "{endpoint}: the name is taken");
        for member in ["summary", "description"] {
            assert!(!operation[member].as_str().unwrap().is_empty(), "{endpoint}: {member}");
        }
        for parameter in operation["parameters"].as_array().unwrap() {
            assert!(parameter["description"].is_string(), "{endpoint}: say what `{}` is for", parameter["name"]);
        }
    }
}

#[test]
fn every_answer_with_a_body_has_a_schema_and_an_example() {
    let document = document();
    for (endpoint, operation) in operations(&document) {
        let answers = operation["responses"].as_object().unwrap();
        assert!(answers.keys().any(|status| !status.starts_with(['4', '5'])), "{endpoint}: no success");
        for (status, answer) in answers {
            for (kind, content) in answer["content"].as_object().into_iter().flatten() {
                let example = content.get("example").or(content.get("examples"));
                assert!(content.get("schema").is_some() && example.is_some(), "{endpoint}: {status} {kind}");
            }
        }
    }
}

#[test]
fn whatever_asks_for_a_token_may_refuse_one() {
    let document = document();
    for (endpoint, operation) in operations(&document) {
        let asks = operation["security"] != serde_json::json!([]);
        for status in ["401", "503"] {
            assert!(!asks || operation["responses"].get(status).is_some(), "{endpoint}: {status}");
        }
        assert_eq!(operation.get("x-permission").is_some(), operation["responses"].get("403").is_some(), "{endpoint}");
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_problem_has_an_example() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let (document, mut found) = (document(), BTreeSet::new());
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        assert!(document.pointer(reference.strip_prefix('#').unwrap()).is_some(), "{reference}");
    }
    for code in Code::ALL {
        let example = &document["components"]["examples"][code.as_str()]["value"];
        assert_eq!((&example["code"], &example["status"]), (&code.as_str().into(), &code.status().as_u16().into()));
    }
}

#[actix_web::test]
async fn the_pages_of_the_documentation_load_nothing_from_elsewhere() {
    let page = Api::new().call(TestRequest::get().uri("/docs")).await;
    assert_eq!((page.status.as_u16(), page.header("content-type")), (200, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe") && !policy.contains("http"));
    let linked = page.text.split('"').filter(|text| text.starts_with("docs/"));
    let linked: Vec<String> = linked.map(|path| format!("/{path}")).collect();
    assert_eq!(linked.len(), 3, "{}", page.text);
    for path in linked {
        let file = Api::new().call(TestRequest::get().uri(&path)).await;
        assert!(file.status.is_success() && !file.text.is_empty(), "{path}");
    }
    assert_eq!(Api::new().call(TestRequest::get().uri("/docs/nothing.js")).await.code(), "NOT_FOUND");
}
