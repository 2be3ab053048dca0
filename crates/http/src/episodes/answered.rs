//! What writing an episode is answered, now or again.

use actix_web::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use actix_web::{HttpResponse, HttpResponseBuilder};
use serde::Deserialize;
use showrunner_domain::episode::{Episode, EpisodeId};
use showrunner_domain::{Answered, ServiceError, StoreError, StoredReceipt, Version};
use showrunner_web::Problem;

use crate::answer::{Answer, Data};
use crate::etag;

/// What an answer needs to know of a record that is kept as text.
#[derive(Deserialize)]
struct Kept {
    id: EpisodeId,
    version: i64,
}

/// Whether a request was to create a record or to change one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// 201 with `Location`.
    ToCreate,
    /// 200.
    ToChange,
}

/// The answer with the record and its entity tag.
pub(super) fn answered(asked: Asked, answered: &Answered<Episode>) -> Answer {
    match answered {
        Answered::Now(episode) => Ok(head(asked, episode.id, episode.version).json(Data { data: episode })),
        Answered::Before(stored) => again(stored),
    }
}

/// The first answer once more, to the letter.
fn again(stored: &StoredReceipt) -> Answer {
    let kept: Kept = serde_json::from_str(&stored.record).map_err(|error| unreadable(error.into()))?;
    let version = Version::new(kept.version).ok_or_else(|| unreadable("a version below 1".into()))?;
    let body = format!(r#"{{"data":{}}}"#, stored.record);
    let asked = if stored.created { Asked::ToCreate } else { Asked::ToChange };
    Ok(head(asked, kept.id, version).insert_header((CONTENT_TYPE, "application/json")).body(body))
}

fn head(asked: Asked, id: EpisodeId, version: Version) -> HttpResponseBuilder {
    let mut response = match asked {
        Asked::ToCreate => HttpResponse::Created(),
        Asked::ToChange => HttpResponse::Ok(),
    };
    if asked == Asked::ToCreate {
        response.insert_header((LOCATION, format!("/api/v1/episodes/{id}")));
    }
    response.insert_header((ETAG, etag::of(version)));
    response
}

fn unreadable(cause: Box<dyn std::error::Error + Send + Sync>) -> Problem {
    ServiceError::Unavailable(StoreError::new(cause)).into()
}
