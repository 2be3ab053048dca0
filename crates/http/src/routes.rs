//! Every path of the API in one place. What is mounted nowhere is 404; another method is 405 with `Allow`.

use actix_web::web::{self, ServiceConfig};

use crate::{activities, episodes, events, health, me, notifications, shows};

/// Mounts `/livez`, `/readyz`, `/health` and everything under `/api/v1`.
pub fn configure(config: &mut ServiceConfig) {
    configure_with(|_| {})(config);
}

/// Like [`configure`], with whatever `extra` mounts under `/api/v1`: it is asked first, and what its guards refuse
/// goes on to the API.
pub fn configure_with(extra: impl FnOnce(&mut ServiceConfig)) -> impl FnOnce(&mut ServiceConfig) {
    |config| {
        config.configure(health::routes).service(
            web::scope("/api/v1")
                .configure(extra)
                .configure(shows::routes)
                .configure(episodes::routes)
                .configure(activities::routes)
                .configure(notifications::routes)
                .configure(events::routes)
                .configure(me::routes),
        );
    }
}
