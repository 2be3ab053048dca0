//! Who is there, and who looks at what.

mod docs;

use actix_web::http::Method;
use actix_web::{HttpRequest, HttpResponse, web};
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::episode::EpisodeService;
use showrunner_domain::identity::{Action, Caller, permit};
use showrunner_domain::presence::{
    ChoicePatch, Place, PresenceService, PresenceState, PresentAfter, Revision, StatusMessage, Viewer, Watched,
};
use showrunner_domain::{Invalid, Limit, ResourceKind, ServiceError};
use showrunner_web::{Identified, JsonBody, Problem, Query};

use crate::answer::{self, Answer};
use crate::endpoint::Endpoint;
use crate::fields::{self, Fields, text};
use crate::parse;
use crate::query::{self, Parameters as _};

type Presence = web::Data<PresenceService>;

/// Everybody who looks at a record.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Viewers {
    /// One entry a user, those first who came first.
    data: Vec<Viewer>,
    /// Grows with what happens, and is that of `presence` frames: a list of a lower version is out of date.
    version: Revision,
}

/// Which page of those present is wanted.
struct Wanted {
    limit: Limit,
    total: bool,
    after: Option<PresentAfter>,
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![
        Endpoint::get("/api/v1/presence", list, docs::LIST),
        Endpoint::on(Method::PUT, "/api/v1/presence", choose, docs::CHOOSE),
        Endpoint::get("/api/v1/presence/{resource_type}/{resource_id}", viewers, docs::VIEWERS),
    ]
}

async fn list(Identified(caller): Identified, request: HttpRequest, presence: Presence) -> Answer {
    let Wanted { limit, total, after } = query::read(&request, wanted)?;
    let page = presence.present(&caller.actor, limit, after.as_ref(), total)?;
    Ok(answer::list(&page, limit))
}

async fn choose(Identified(caller): Identified, request: HttpRequest, body: JsonBody, presence: Presence) -> Answer {
    query::none(&request)?;
    let patch = fields::read(body.read().await?, patch)?;
    Ok(answer::one(presence.choose(&caller.actor, patch)?))
}

async fn viewers(
    Identified(caller): Identified,
    request: HttpRequest,
    episodes: web::Data<EpisodeService>,
    presence: Presence,
) -> Answer {
    let place = place(&request)?;
    query::none(&request)?;
    let Watched { viewers, version } = presence.watched(&caller.actor, admitted(&episodes, &caller, place).await?)?;
    Ok(HttpResponse::Ok().json(Viewers { data: viewers, version }))
}

/// `place`, if the caller may read what is there.
async fn admitted(episodes: &EpisodeService, caller: &Caller, place: Place) -> Result<Place, ServiceError> {
    match place {
        Place::Episode(id) => episodes.get(caller, id).await.map(|_| place),
        Place::Server => permit(&caller.actor, Action::Read, ResourceKind::Presence).map(|()| place),
    }
}

fn place(request: &HttpRequest) -> Result<Place, Problem> {
    let segment = |name| request.match_info().get(name).unwrap_or_default();
    let id = parse::uuid(segment("resource_id"))
        .map_err(|_| Problem::malformed("The id in the path must be a UUID, as in the field `id` of a record."))?;
    Place::record(segment("resource_type"), id)
        .ok_or_else(|| Problem::malformed("The type in the path must be `episode`: nothing else can be looked at."))
}

fn wanted(query: &mut Query) -> Wanted {
    Wanted { limit: query.limit(), total: query.switch("total"), after: query.cursor() }
}

fn patch(fields: &mut Fields) -> ChoicePatch {
    ChoicePatch {
        state: fields.value("state", |value| text(value).and_then(|text| state(&text))),
        status_message: fields.nullable("status_message", |value| text(value).and_then(StatusMessage::parse)),
    }
}

fn state(text: &str) -> Result<PresenceState, Invalid> {
    PresenceState::parse(text).ok_or(Invalid::Malformed { expected: "one of online, away, busy and offline" })
}
