//! `make smoke` tells a server that works from one that does not.

use std::path::Path;
use std::process::{Command, Output};

use crate::harness::{Backend, Store, on_both_stores};

on_both_stores!(a_server_that_works_passes_and_keeps_nothing_of_it);

fn a_server_that_works_passes_and_keeps_nothing_of_it(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let token = store.token("admin@example.com", "admin");
    let Output { status, stdout, stderr } = smoke(&server.address, &token);
    let (said, complaints) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success() && said.contains("All is well"), "{said}{complaints}");
    assert!(said.contains("episode_deleted was heard live"), "{said}");
    assert_eq!(server.api(&token).get("/api/v1/episodes").list().len(), 0);
}

#[test]
fn what_does_not_work_is_named() {
    let store = Store::new(Backend::Sqlite);
    let server = store.serve();
    let viewer = store.token("viewer@example.com", "viewer");
    for (token, named) in [(viewer.as_str(), "an episode is created: POST"), ("forged", "the token is accepted: GET")] {
        let Output { status, stderr, .. } = smoke(&server.address, token);
        let complaints = String::from_utf8_lossy(&stderr);
        assert!(!status.success() && complaints.contains(&format!("FAILED  {named}")), "{complaints}");
    }
    let address = server.address.clone();
    server.kill();
    let Output { status, stderr, .. } = smoke(&address, &viewer);
    let complaints = String::from_utf8_lossy(&stderr);
    assert!(!status.success() && complaints.contains("was not answered"), "{complaints}");
}

fn smoke(address: &str, token: &str) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let mut make = Command::new("make");
    make.args(["--silent", "smoke", &format!("URL=http://{address}")]).current_dir(root);
    make.env("SHOWRUNNER_TOKEN", token).output().unwrap()
}
