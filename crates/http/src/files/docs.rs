//! What is told of the endpoints of files.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::file::File;
use showrunner_domain::identity::Action;
use showrunner_web::Code;

use super::query;
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Operation, Success, nothing, schema, text};

const READ: Access = Access::Permitted(Action::Read, ResourceKind::File);
const WRITE: Access = Access::Permitted(Action::Write, ResourceKind::File);

const RECORD: Content = Content::json(schema::<Data<File>>, || json!({ "data": file() }));
const FOUND: Success =
    Success { status: 200, description: "The file's record.", headers: &[AnswerHeader::ETag], content: &[RECORD] };

pub(super) const LIST: Operation = Operation {
    id: "listFiles",
    tag: "Files",
    summary: "List files",
    description: "Those that fulfil every filter given, the newest first.",
    access: READ,
    query: |query| {
        query::wanted(query);
    },
    parameters: &[
        ("file_type", "Only those that are used as this."),
        ("episode_id", "Only those for this episode."),
        ("q", "Only those with this text in the name, whatever the case."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<File>>,
            || json!({ "data": [file()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const UPLOAD: Operation = Operation {
    id: "uploadFile",
    tag: "Files",
    summary: "Upload a file",
    description: "The body is the file, or a form with the file as `file` and nothing else. Without `name` the form's file \
                  name counts. What the file is is seen from its content, and says how large it may be.",
    access: WRITE,
    query: |query| {
        query::about(query);
    },
    parameters: &[("name", "What the file is called."), ("episode_id", "The episode that it is for.")],
    headers: &[],
    body: Some(Body::File),
    success: &[Success {
        status: 201,
        description: "The new file.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::Conflict],
};

pub(super) const UPLOAD_FOR_EPISODE: Operation = Operation {
    id: "uploadFileForEpisode",
    summary: "Upload a file for an episode",
    query: |query| {
        query::about_file_of_episode(query);
    },
    ..UPLOAD
};

pub(super) const GET: Operation = Operation {
    id: "getFile",
    tag: "Files",
    summary: "Get a file's record",
    description: "What is known of it; its bytes are at `content`.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[FOUND],
    problems: &[Code::NotFound],
};

pub(super) const CONTENT: Operation = Operation {
    id: "downloadFile",
    summary: "Download a file",
    description: "All of it, or one `Range` of bytes. The entity tag is the digest: `If-None-Match` is answered by 304, and \
                  `If-Range` is heeded.",
    success: &[
        Success {
            status: 200,
            description: "The bytes, of the media type that was found in them.",
            headers: &[AnswerHeader::ContentDisposition],
            content: &[Content { media_type: "*/*", schema: text, example: || json!("…") }],
        },
        Success {
            status: 206,
            description: "The bytes that `Range` asked for.",
            headers: &[AnswerHeader::ContentDisposition, AnswerHeader::ContentRange],
            content: &[Content { media_type: "*/*", schema: text, example: || json!("…") }],
        },
        Success { status: 304, description: "The client has these bytes already.", headers: &[], content: &[] },
    ],
    problems: &[Code::NotFound, Code::RangeNotSatisfiable],
    ..GET
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteFile",
    tag: "Files",
    summary: "Delete a file",
    description: "For good. Its bytes go with the last file that has them. A file that layers of compositions or templates, \
                  outputs or thumbnails of episodes name stays: the answer says which.",
    access: WRITE,
    query: |query| {
        crate::query::force(query);
    },
    parameters: &[],
    headers: &[Header::IfMatch],
    body: None,
    success: &[Success { description: "The file that was deleted.", ..FOUND }],
    problems: &[Code::NotFound, Code::Conflict],
};

fn file() -> Value {
    json!({
        "id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "name": "host.png",
        "file_type": "image",
        "content_type": "image/png",
        "size": 48213,
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "episode_id": null,
        "created_by": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7e",
        "created_at": "2026-11-22T17:45:12.031876Z",
        "version": 1,
    })
}
