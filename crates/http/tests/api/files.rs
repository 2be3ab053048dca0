//! Files: streamed in, streamed out wholly or in part, and refused where they are too large.

use actix_web::test::TestRequest;
use insta::assert_snapshot;
use serde_json::json;
use showrunner_domain::file::{Blob, BlobKey};
use showrunner_domain::mocks::MockBlobReader;
use showrunner_domain::{CommitError, Committed, StoreError};
use uuid::Uuid;

use crate::harness::{Api, Response, digest, editor, file, forgetful, get};

const FILES: &str = "/api/v1/files";
const CONTENT: &str = "/api/v1/files/00000000-0000-0000-0000-00000000000a/content";

/// An API that takes uploads.
fn taking() -> Api {
    let mut api = Api::new();
    api.ledger.expect_commit().returning(|_| Ok(Committed));
    api.files.expect_find_blob().returning(|_| Ok(None));
    api.blobs.expect_begin().returning(|_| Ok(Box::new(forgetful())));
    api
}

/// An API whose store holds [`file`] with the bytes `abc`.
fn holding() -> Api {
    let mut api = taking();
    api.files.expect_find_file().returning(|id| Ok((id == file().id).then(file)));
    api.blobs.expect_open().returning(|key, range| {
        assert_eq!(key, file().blob);
        let bytes = b"abc"[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()].to_vec();
        let mut left = Some(bytes).into_iter();
        let mut reader = MockBlobReader::new();
        reader.expect_next().returning(move || Ok(left.next()));
        Ok(Box::new(reader))
    });
    api
}

fn upload(query: &str, body: &'static str) -> TestRequest {
    editor(TestRequest::post().uri(&format!("{FILES}{query}"))).set_payload(body)
}

fn form(body: &str) -> TestRequest {
    let body = body.replace('\n', "\r\n");
    upload("", "").insert_header(("content-type", "multipart/form-data; boundary=x")).set_payload(body)
}

async fn download(headers: &[(&'static str, &'static str)]) -> Response {
    let request = headers.iter().fold(editor(get(CONTENT)), |request, header| request.insert_header(*header));
    holding().call(request).await
}

#[actix_web::test]
async fn an_upload_is_answered_with_what_was_found_out_about_it() {
    let response = taking().call(upload("?name=host.png", "abc")).await;
    assert_eq!((response.status.as_u16(), response.header("etag")), (201, Some("\"1\"")), "{}", response.text);
    assert!(response.header("location").unwrap().starts_with(FILES));
    assert_snapshot!(format!("{:#}", response.json()["data"]), @r#"
    {
      "content_type": "image/png",
      "created_at": "1970-01-01T00:00:02.000000Z",
      "created_by": "00000000-0000-0000-0000-000000000005",
      "episode_id": null,
      "file_type": "image",
      "id": "00000000-0000-0000-0000-000000000066",
      "name": "host.png",
      "sha256": "abababababababababababababababababababababababababababababababab",
      "size": 3,
      "version": 1
    }
    "#);
}

#[actix_web::test]
async fn the_file_of_a_form_is_taken_under_its_own_name_and_nothing_else_may_be_in_it() {
    const NOTE: &str = "--x\nContent-Disposition: form-data; name=\"note\"\n\nhello\n";
    const FILE: &str = "--x\nContent-Disposition: form-data; name=\"file\"; filename=\"a b.png\"\n\
                        Content-Type: text/html\n\nabc\n";
    let response = taking().call(form(&format!("{FILE}--x--\n"))).await;
    let data = &response.json()["data"];
    assert_eq!(
        (&data["name"], &data["size"], &data["content_type"]),
        (&json!("a b.png"), &json!(3), &json!("image/png"))
    );
    for (parts, refused) in [
        (NOTE, "note"),
        (&[NOTE, FILE].concat(), "note"),
        (&[FILE, NOTE].concat(), "note"),
        (&[FILE, FILE].concat(), "file"),
        ("", "file"),
    ] {
        let response = taking().call(form(&format!("{parts}--x--\n"))).await;
        assert_eq!(response.refused(), [refused], "{parts}");
    }
    assert_eq!(taking().call(form("no form at all")).await.code(), "MALFORMED");
}

#[actix_web::test]
async fn names_that_lead_somewhere_are_refused() {
    for (query, field) in [
        ("", "name"),
        ("?name=", "name"),
        ("?name=..", "name"),
        ("?name=a%2Fb", "name"),
        ("?name=a%00b", "name"),
        ("?name=a&episode_id=7", "episode_id"),
        ("?name=a&size=3", "size"),
    ] {
        assert_eq!(taking().call(upload(query, "abc")).await.refused(), [field], "{query}");
    }
}

#[actix_web::test]
async fn a_picture_that_is_too_large_is_refused_and_no_record_is_made() {
    let mut api = Api::new();
    api.blobs.expect_begin().returning(|_| Ok(Box::new(forgetful())));
    let request = editor(TestRequest::post().uri("/api/v1/files?name=a.png")).set_payload(vec![7; 1_001]);
    let response = api.call(request).await;
    assert_eq!((response.status.as_u16(), response.code().as_str()), (413, "TOO_LARGE"));
    assert!(response.text.contains("at most 1000 bytes"), "{}", response.text);
}

#[actix_web::test]
async fn bytes_that_are_there_already_are_not_kept_twice() {
    let mut api = Api::new();
    let known = BlobKey::new(Uuid::from_u128(77));
    api.blobs.expect_begin().returning(|_| Ok(Box::new(forgetful())));
    api.files.expect_find_blob().returning(move |sha256| Ok(Some(Blob { key: known, sha256, size: 3 })));
    api.ledger.expect_commit().once().returning(move |set| {
        assert_eq!(set.changes().len(), 1, "no new blob is noted: {set:?}");
        Ok(Committed)
    });
    api.blobs.expect_remove().once().withf(move |key| *key != known).returning(|_| Ok(()));
    assert_eq!(api.call(upload("?name=again.png", "abc")).await.status, 201);
}

#[actix_web::test]
async fn bytes_stay_where_it_is_unknown_whether_their_record_was_written() {
    let mut api = Api::new();
    api.blobs.expect_begin().returning(|_| Ok(Box::new(forgetful())));
    api.files.expect_find_blob().returning(|_| Ok(None));
    api.ledger.expect_commit().once().returning(|_| Err(CommitError::Store(StoreError::new("the connection broke"))));
    api.blobs.expect_remove().never();
    assert_eq!(api.call(upload("?name=a.png", "abc")).await.code(), "UNAVAILABLE");
}

#[actix_web::test]
async fn a_file_comes_whole_as_an_attachment_that_no_browser_runs() {
    let response = download(&[]).await;
    assert_eq!((response.status.as_u16(), response.text.as_str()), (200, "abc"));
    let expected = [
        ("content-type", "image/png"),
        ("content-disposition", "attachment; filename=\"host _.png\"; filename*=UTF-8''host%20%C3%A4.png"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "private, no-cache"),
        ("accept-ranges", "bytes"),
    ];
    for (name, value) in expected {
        assert_eq!(response.header(name), Some(value));
    }
    assert_eq!(response.header("etag"), Some(format!("\"{}\"", digest().as_str()).as_str()));
}

#[actix_web::test]
async fn one_range_comes_alone_and_what_is_no_range_of_the_file_is_refused() {
    for (range, text, told) in [
        ("bytes=1-", "bc", "bytes 1-2/3"),
        ("bytes=0-0", "a", "bytes 0-0/3"),
        ("bytes=-2", "bc", "bytes 1-2/3"),
        ("bytes=2-99", "c", "bytes 2-2/3"),
    ] {
        let response = download(&[("range", range)]).await;
        assert_eq!((response.status.as_u16(), response.text.as_str()), (206, text), "{range}");
        assert_eq!(response.header("content-range"), Some(told));
    }
    for range in ["bytes=0-0,2-2", "lines=1-2", "bytes=x"] {
        assert_eq!(download(&[("range", range)]).await.text, "abc", "{range}");
    }
    let beyond = download(&[("range", "bytes=3-")]).await;
    assert_eq!((beyond.status.as_u16(), beyond.code().as_str()), (416, "RANGE_NOT_SATISFIABLE"));
    assert_eq!(beyond.header("content-range"), Some("bytes */3"));
    let changed = download(&[("range", "bytes=1-"), ("if-range", "\"another\"")]).await;
    assert_eq!((changed.status.as_u16(), changed.text.as_str()), (200, "abc"));
}

#[actix_web::test]
async fn whoever_has_the_bytes_already_is_told_so() {
    let tag: &'static str = format!("\"{}\"", digest().as_str()).leak();
    for known in [tag, "*"] {
        let response = download(&[("if-none-match", known)]).await;
        assert_eq!((response.status.as_u16(), response.text.as_str()), (304, ""));
    }
    assert_eq!(download(&[("if-none-match", "\"another\"")]).await.status, 200);
}

#[actix_web::test]
async fn a_download_is_told_of_once_and_neither_for_a_later_part_nor_for_the_head() {
    let told = async |request: TestRequest| {
        let mut api = holding();
        api.ledger.checkpoint();
        let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let counted = count.clone();
        api.ledger.expect_commit().returning(move |set| {
            let names: Vec<_> = set.events().map(|event| event.kind.as_str()).collect();
            assert_eq!(names, ["file_downloaded"]);
            counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(Committed)
        });
        let response = api.call(request).await;
        (response.status.as_u16(), count.load(std::sync::atomic::Ordering::Relaxed))
    };
    assert_eq!(told(editor(get(CONTENT))).await, (200, 1));
    assert_eq!(told(editor(get(CONTENT)).insert_header(("range", "bytes=0-1"))).await, (206, 1));
    assert_eq!(told(editor(get(CONTENT)).insert_header(("range", "bytes=1-"))).await, (206, 0));
    let head = editor(TestRequest::default().method(actix_web::http::Method::HEAD).uri(CONTENT));
    assert_eq!(told(head).await, (200, 0));
}

#[actix_web::test]
async fn deleting_the_last_file_removes_its_bytes_and_deleting_another_does_not() {
    for used in [false, true] {
        let mut api = holding();
        api.files.expect_blobs_in_use().returning(move |keys| Ok(if used { keys } else { vec![] }));
        api.blobs.expect_remove().times(usize::from(!used)).returning(|_| Ok(()));
        let request = editor(TestRequest::delete().uri(CONTENT.trim_end_matches("/content")));
        let response = api.call(request).await;
        assert_eq!((response.status.as_u16(), &response.json()["data"]["version"]), (200, &json!(2)));
    }
}
