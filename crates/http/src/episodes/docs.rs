//! What is told of the endpoints of episodes.

use serde_json::{Value, json};
use showrunner_domain::ResourceKind;
use showrunner_domain::episode::Episode;
use showrunner_domain::identity::Action;
use showrunner_web::Code;

use super::read::Watched;
use super::{members, query, write};
use crate::answer::{Data, List};
use crate::endpoint::{Access, AnswerHeader, Body, Content, Header, Object, Operation, Success, nothing, schema};

const READ: Access = Access::Permitted(Action::Read, ResourceKind::Episode);
const WRITE: Access = Access::Permitted(Action::Write, ResourceKind::Episode);

const RECORD: Content = Content::json(schema::<Data<Episode>>, || json!({ "data": episode() }));
const CHANGED: &[Success] = &[Success {
    status: 200,
    description: "The episode as it is now.",
    headers: &[AnswerHeader::ETag],
    content: &[RECORD],
}];

pub(crate) const LIST: Operation = Operation {
    id: "listEpisodes",
    tag: "Episodes",
    summary: "List episodes",
    description: "Those that fulfil every filter given, newest first unless `sort` says otherwise. Deleted ones are left out.",
    access: READ,
    query: |query| {
        query::wanted(query);
    },
    parameters: &[
        ("show_id", "Only those of this show."),
        ("status", "Only those in this status."),
        ("season_number", "Only those of this season."),
        ("category", "Only those with this category."),
        ("air_from", "Only those first broadcast on this day or later."),
        ("air_to", "Only those first broadcast on this day or earlier."),
        ("q", "Only those with this text in the title, whatever the case."),
        ("sort", "What the list is sorted by, with `-` before it for descending. Empty values come last."),
    ],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "A page of the list.",
        headers: &[],
        content: &[Content::json(
            schema::<List<Episode>>,
            || json!({ "data": [episode()], "page": { "limit": 20, "next_cursor": null } }),
        )],
    }],
    problems: &[],
};

pub(super) const CREATE: Operation = Operation {
    id: "createEpisode",
    tag: "Episodes",
    summary: "Create an episode",
    description: "Only `title` and `episode_number` are needed. An episode may begin in any status.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IdempotencyKey],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::new(fields);
        },
        record: schema::<Episode>,
        example: || json!({ "title": "No Más", "season_number": 3, "episode_number": 1, "air_date": "2010-03-21" }),
    })),
    success: &[Success {
        status: 201,
        description: "The new episode.",
        headers: &[AnswerHeader::ETag, AnswerHeader::Location],
        content: &[RECORD],
    }],
    problems: &[Code::AlreadyExists, Code::Conflict],
};

pub(super) const GET: Operation = Operation {
    id: "getEpisode",
    tag: "Episodes",
    summary: "Get an episode",
    description: "Marks the caller as somebody who looks at the episode, for 60 s.",
    access: READ,
    query: nothing,
    parameters: &[],
    headers: &[],
    body: None,
    success: &[Success {
        status: 200,
        description: "The episode and who looks at it.",
        headers: &[AnswerHeader::ETag],
        content: &[Content::json(schema::<Watched>, || json!({ "data": episode(), "viewers": [viewer()] }))],
    }],
    problems: &[Code::NotFound],
};

pub(super) const PUT: Operation = Operation {
    id: "putEpisode",
    tag: "Episodes",
    summary: "Change an episode",
    description: "Sets the fields given and leaves the others alone, as PATCH does. `null` empties a field that may be empty.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch],
    body: Some(Body::Json(Object {
        members: |fields| {
            members::patch(fields);
        },
        record: schema::<Episode>,
        example: || json!({ "status": "published", "rating": 8.9, "writer": null }),
    })),
    success: CHANGED,
    problems: &[Code::NotFound, Code::AlreadyExists, Code::InvalidTransition, Code::Conflict],
};

pub(super) const PATCH: Operation = Operation {
    id: "patchEpisode",
    description: "Sets the fields given and leaves the others alone. `null` empties a field that may be empty. What changes \
                  nothing makes no new version and no event.",
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    ..PUT
};

pub(super) const DELETE: Operation = Operation {
    id: "deleteEpisode",
    tag: "Episodes",
    summary: "Delete an episode",
    description: "Softly: it is found no more, and `restore` brings it back. For good it goes only where no composition, file or \
                  live job is for it: otherwise the answer says which.",
    access: WRITE,
    query: |query| {
        write::deletion(query);
    },
    parameters: &[
        ("permanent", "Whether it is gone for good, also where it was deleted before. For administrators."),
        (
            "force",
            "Together with `permanent`: whether compositions and files are for no episode from then on, and live jobs are called off.",
        ),
    ],
    headers: &[Header::IfMatch],
    body: None,
    success: &[Success { description: "The episode that was deleted.", ..CHANGED[0] }],
    problems: &[Code::NotFound, Code::Conflict],
};

pub(super) const RESTORE: Operation = Operation {
    id: "restoreEpisode",
    tag: "Episodes",
    summary: "Bring a deleted episode back",
    description: "Undoes a soft deletion.",
    access: WRITE,
    query: nothing,
    parameters: &[],
    headers: &[Header::IfMatch, Header::IdempotencyKey],
    body: None,
    success: CHANGED,
    problems: &[Code::NotFound, Code::AlreadyExists, Code::Conflict],
};

/// An episode as it is answered.
fn episode() -> Value {
    json!({
        "id": "01a2045d-7b1e-7c54-9d0e-3f5a6b7c8d9e",
        "show_id": "01a2045c-5a0b-7d3c-8e1f-2a3b4c5d6e7f",
        "season_number": 3,
        "episode_number": 1,
        "title": "No Más",
        "description": "",
        "status": "draft",
        "air_date": "2010-03-21",
        "categories": ["drama"],
        "director": null,
        "writer": null,
        "duration_minutes": 47,
        "rating": 8.5,
        "genre": null,
        "thumbnail_url": null,
        "created_at": "2026-11-22T17:46:30.504867Z",
        "updated_at": "2026-11-22T17:46:30.504867Z",
        "deleted_at": null,
        "version": 1,
    })
}

fn viewer() -> Value {
    json!({
        "userId": "01a2045c-0d3f-7e10-8a9b-1c2d3e4f5a6b",
        "userName": "editor@example.com",
        "since": "2026-11-22T17:46:31.120334Z",
    })
}
