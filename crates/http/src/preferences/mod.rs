//! What one wants to be told of, over HTTP.

mod docs;
mod members;

use actix_web::http::Method;
use actix_web::{HttpRequest, web};
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::notification::{ChannelMatrix, Follows, MutedEvents, PreferenceService, Preferences};
use showrunner_web::{Identified, JsonBody};

use crate::answer::{self, Answer};
use crate::endpoint::Endpoint;
use crate::{fields, query};

/// Preferences with every kind of event spelt out, so that a front end can show them.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Shown {
    /// Through which channels each kind of event is told.
    channels: ChannelMatrix,
    /// The kinds of events that are not told at all.
    muted_events: MutedEvents,
    /// The records whose events are told although somebody else caused them.
    follows: Follows,
}

impl From<Preferences> for Shown {
    fn from(preferences: Preferences) -> Self {
        let Preferences { channels, muted_events, follows } = preferences;
        Self { channels: channels.spelt_out(), muted_events, follows }
    }
}

pub(crate) fn endpoints() -> Vec<Endpoint> {
    let path = "/api/v1/notifications/preferences";
    vec![Endpoint::get(path, get, docs::GET), Endpoint::on(Method::PUT, path, update, docs::UPDATE)]
}

async fn get(
    Identified(caller): Identified,
    request: HttpRequest,
    preferences: web::Data<PreferenceService>,
) -> Answer {
    query::none(&request)?;
    Ok(answer::one(Shown::from(preferences.get(&caller).await?)))
}

async fn update(
    Identified(caller): Identified,
    request: HttpRequest,
    body: JsonBody,
    preferences: web::Data<PreferenceService>,
) -> Answer {
    query::none(&request)?;
    let patch = fields::read(body.read().await?, members::patch)?;
    Ok(answer::one(Shown::from(preferences.update(&caller, patch).await?)))
}
