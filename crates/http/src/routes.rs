//! Every endpoint in one place. What is mounted nowhere is 404; another method is 405 with `Allow`.

use actix_web::web::{self, ServiceConfig};

use crate::endpoint::{Endpoint, mount};
use crate::{
    activities, auth, compositions, documentation, episodes, events, files, health, jobs, me, memberships,
    notifications, openapi, preferences, presence, schedules, shows, templates, users,
};

/// What everything that asks for a token, or hands one out, has its path under.
const API: &str = "/api/v1";

/// Every endpoint, in the order in which the documentation tells of them.
fn endpoints() -> Vec<Endpoint> {
    let rooms = [
        shows::endpoints,
        memberships::endpoints,
        episodes::endpoints,
        compositions::endpoints,
        templates::endpoints,
        files::endpoints,
        jobs::endpoints,
        schedules::endpoints,
        activities::endpoints,
        notifications::endpoints,
        preferences::endpoints,
        presence::endpoints,
        events::endpoints,
        auth::endpoints,
        me::endpoints,
        users::endpoints,
        documentation::endpoints,
        health::endpoints,
    ];
    rooms.into_iter().flat_map(|room| room()).collect()
}

/// The OpenAPI 3.1 document of the whole API.
#[must_use]
pub fn document() -> serde_json::Value {
    openapi::document(&endpoints())
}

/// Mounts every endpoint.
pub fn configure(config: &mut ServiceConfig) {
    configure_with(|_| {})(config);
}

/// Like [`configure`], with whatever `extra` mounts under `/api/v1`: it is asked first, and what its guards refuse
/// goes on to the API.
pub fn configure_with(extra: impl FnOnce(&mut ServiceConfig)) -> impl FnOnce(&mut ServiceConfig) {
    |config| {
        let (api, others) = endpoints().into_iter().partition(|endpoint| endpoint.path.starts_with(API));
        mount(others, "", config);
        config.service(web::scope(API).configure(extra).configure(|config| mount(api, API, config)));
    }
}
