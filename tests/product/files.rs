//! Files on the real server: streamed both ways, resumed, told of, and gone without a trace.

use std::io::Write as _;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::{Value, json};

use crate::bad_input::assert_problem;
use crate::harness::{Api, Backend, Server, Store, eventually, on_both_stores, resident_kilobytes, shell};

on_both_stores!(
    a_file_is_uploaded_downloaded_resumed_and_deleted_and_all_of_it_is_told,
    an_upload_that_breaks_off_leaves_nothing_behind,
    a_server_that_is_killed_in_an_upload_leaves_nothing_behind,
    a_large_file_goes_in_and_out_in_little_memory,
    #[ignore = "drill"]
    three_gibibytes_go_in_and_out_in_little_memory,
);

/// Every file beneath a folder, however deep.
fn paths_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { paths_in(&path) } else { vec![path] }).collect()
}

/// How many files there are beneath a folder.
fn files_in(folder: &Path) -> usize {
    paths_in(folder).len()
}

fn editor(store: &Store, server: &Server) -> (Api, String) {
    let token = store.token("editor@example.com", "editor");
    (server.api(&token), token)
}

#[track_caller]
fn curl(server: &Server, token: &str, script: &str) -> String {
    let script = format!(
        "set -e; curl() {{ command curl --silent --show-error --header 'Authorization: Bearer {token}' \"$@\"; }}; \
         FILES=http://{}/api/v1/files; {script}",
        server.address
    );
    let Output { status, stdout, stderr } = shell(&script).output().unwrap();
    assert!(status.success(), "{script}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn a_file_is_uploaded_downloaded_resumed_and_deleted_and_all_of_it_is_told(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (api, token) = editor(&store, &server);
    let mut live = server.live(&token);
    live.subscribe(&["files"], None);
    let home = store.home();
    let (sent, got) = (home.join("sent"), home.join("got"));
    std::fs::write(&sent, [b"%PDF-1.7\n".to_vec(), vec![7; 3_000_000]].concat()).unwrap();
    let (sent, got) = (sent.display(), got.display());
    let answer = curl(&server, &token, &format!("curl --fail --data-binary @{sent} \"$FILES?name=pilot.pdf\""));
    let file = serde_json::from_str::<Value>(&answer).unwrap()["data"].clone();
    assert_eq!(
        (&file["size"], &file["file_type"], &file["content_type"]),
        (&json!(3_000_009), &json!("script"), &json!("application/pdf"))
    );
    let id = file["id"].as_str().unwrap();
    // Half of it, then the rest, as a client does whose connection broke.
    let resumed = format!(
        "curl --fail --range 0-1499999 --output {got} $FILES/{id}/content; \
         curl --fail --continue-at - --output {got} $FILES/{id}/content; cmp {sent} {got}; sha256sum < {got}"
    );
    assert!(curl(&server, &token, &resumed).starts_with(file["sha256"].as_str().unwrap()));
    let form =
        curl(&server, &token, &format!("curl --fail --form 'file=@{sent};filename=again.pdf;type=text/html' $FILES"));
    let twin = serde_json::from_str::<Value>(&form).unwrap()["data"].clone();
    assert_eq!((&twin["sha256"], &twin["name"]), (&file["sha256"], &json!("again.pdf")));
    assert_eq!(files_in(&store.folder("data").join("blobs")), 1, "equal bytes are kept once");
    assert_eq!(api.delete(&format!("/api/v1/files/{id}")).status, 200);
    assert_problem("deleted", &api.get(&format!("/api/v1/files/{id}")), 404, "NOT_FOUND");
    assert_eq!(files_in(&store.folder("data").join("blobs")), 1, "another file needs them");
    assert_eq!(api.delete(&format!("/api/v1/files/{}", twin["id"].as_str().unwrap())).status, 200);
    assert_eq!(files_in(&store.folder("data").join("blobs")), 0);

    let told: Vec<_> = (0..5).map(|_| live.event()).collect();
    let names: Vec<&str> = told.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names, ["file_uploaded", "file_downloaded", "file_uploaded", "file_deleted", "file_deleted"]);
    let expected = json!({
        "fileId": id, "fileName": "pilot.pdf", "fileType": "script", "fileSize": 3_000_009,
        "uploadedBy": "editor@example.com",
    });
    assert_eq!(told[0].data(), &expected);
    let feed = api.get(&format!("/api/v1/activities?resource_id={id}"));
    let actions: Vec<_> = feed.list().iter().rev().map(|entry| entry["action"].clone()).collect();
    assert_eq!(actions, ["UPLOAD", "DOWNLOAD", "DELETE"]);
}

/// Begins to upload a file of 10 MB, sends 8 of them and holds on.
fn begin_upload(server: &Server, token: &str) -> TcpStream {
    let mut socket = TcpStream::connect(&server.address).unwrap();
    let head = format!(
        "POST /api/v1/files?name=a.bin HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 10000000\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket.write_all(&vec![0; 8_000_000]).unwrap();
    socket
}

fn an_upload_that_breaks_off_leaves_nothing_behind(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (api, token) = editor(&store, &server);
    let blobs = store.folder("data").join("blobs");
    let upload = begin_upload(&server, &token);
    eventually("bytes arrive", || (files_in(&blobs) == 1).then_some(()));
    drop(upload);
    eventually("they are gone", || (files_in(&blobs) == 0).then_some(()));
    assert_eq!(api.get("/api/v1/files").list().len(), 0);
}

fn a_server_that_is_killed_in_an_upload_leaves_nothing_behind(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    let (_, token) = editor(&store, &server);
    let blobs = store.folder("data").join("blobs");
    let upload = begin_upload(&server, &token);
    eventually("bytes arrive", || (files_in(&blobs) == 1).then_some(()));
    server.kill();
    drop(upload);
    assert_eq!(files_in(&blobs), 1);
    // As if it had been there for years: by the time of the file, and by that in its key.
    let unfinished = &paths_in(&blobs)[0];
    let name = unfinished.file_name().unwrap().to_str().unwrap();
    let aged = unfinished.with_file_name(format!("01700000-0000{}", &name["01700000-0000".len()..]));
    std::fs::rename(unfinished, &aged).unwrap();
    assert!(shell(&format!("touch -d '2 years ago' '{}'", aged.display())).status().unwrap().success());
    let server = store.serve();
    eventually("the sweeper has been there", || (files_in(&blobs) == 0).then_some(()));
    assert_eq!(server.api(&token).get("/api/v1/files").list().len(), 0);
}

fn a_large_file_goes_in_and_out_in_little_memory(backend: Backend) {
    in_little_memory(backend, 300);
}

fn three_gibibytes_go_in_and_out_in_little_memory(backend: Backend) {
    in_little_memory(backend, 3 * 1024);
}

fn in_little_memory(backend: Backend, mebibytes: u64) {
    let store = Store::new(backend);
    let mut command_line = vec!["--file-limits".to_owned(), "other=4096".to_owned()];
    let server = Server::start(&store, "data", |command| {
        command.args(command_line.drain(..));
    });
    let (_, token) = editor(&store, &server);
    let large = store.home().join("large");
    std::fs::File::create(&large).unwrap().set_len(mebibytes * 1024 * 1024).unwrap();
    let moved = format!("curl --fail --upload-file {} --request POST \"$FILES?name=zero.bin\"", large.display());
    let answer = curl(&server, &token, &moved);
    let after_upload = resident_kilobytes(server.pid());
    let file = serde_json::from_str::<Value>(&answer).unwrap()["data"].clone();
    assert_eq!(file["size"], json!(mebibytes * 1024 * 1024));
    let id = file["id"].as_str().unwrap();
    let digest = curl(&server, &token, &format!("curl --fail $FILES/{id}/content | sha256sum"));
    assert!(digest.starts_with(file["sha256"].as_str().unwrap()));
    let after_download = resident_kilobytes(server.pid());
    println!(
        "{backend:?}: {mebibytes} MiB; resident {after_upload} KB after the upload, {after_download} KB after the download"
    );
    assert!(after_upload.max(after_download) < 150_000, "{after_upload} KB, {after_download} KB");
}
