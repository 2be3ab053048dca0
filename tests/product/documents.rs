//! The checklist, the runbook and the pages about jobs, files and compositions, followed to the letter on a running server.

use serde_json::json;

use crate::harness::{Backend, Store, eventually, follow_document, on_both_stores};

on_both_stores!(
    the_checklist_and_the_runbook_work_as_written,
    the_pages_about_jobs_files_and_compositions_work_as_written
);

fn the_pages_about_jobs_files_and_compositions_work_as_written(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    follow_document("docs/jobs.md", &store, &server, backend, &[]);
    follow_document("docs/files.md", &store, &server, backend, &[]);
    follow_document("docs/compositions.md", &store, &server, backend, &[]);
}

fn the_checklist_and_the_runbook_work_as_written(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    let episode = editor.create("Pilot", 1);
    let follow = json!({"follows": [{"resource_type": "episode", "resource_id": episode}]});
    assert_eq!(editor.put("/api/v1/notifications/preferences", &follow).status, 200);
    eventually("every reader has read the log", || {
        let lists = ["activities", "notifications"].map(|list| editor.get(&format!("/api/v1/{list}")));
        lists.iter().all(|list| !list.list().is_empty()).then_some(())
    });
    let backup = store.folder("backup");
    std::fs::create_dir(&backup).unwrap();
    let elsewhere = Store::new(backend);
    let restored = elsewhere.folder("data");
    let database = elsewhere.database_flags().pop().unwrap_or_default();
    let variables = [
        ("EPISODE", episode.as_str()),
        ("BACKUP", backup.to_str().unwrap()),
        ("RESTORED", restored.to_str().unwrap()),
        ("RESTORED_URL", database),
    ];
    follow_document("docs/operations.md", &store, &server, backend, &variables);
    follow_document("docs/deployment.md", &store, &server, backend, &variables);
    assert!(std::fs::read_dir(&backup).unwrap().count() > 0, "there is a backup");
    let token = elsewhere.token("editor@example.com", "editor");
    let found = elsewhere.serve().api(&token).get(&format!("/api/v1/episodes/{episode}"));
    assert_eq!(found.body["data"]["title"], "Pilot", "the restored store serves");
}
