//! `GET /ws`: from an HTTP request to a running connection.

use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use showrunner_domain::identity::AccessService;
use showrunner_domain::{Clock, ServiceError};
use showrunner_web::{Identified, Problem};
use tokio::time::Instant;

use super::company::Company;
use super::connection::{Connection, attend};
use super::intake::{Intake, metered};
use super::outlet::Outlet;
use super::standing::Standing;
use crate::hub::Hub;
use crate::pace::Pace;
use crate::pipe::pipe;
use crate::subscriptions::Subscriptions;
use crate::tcp::SocketHandle;
use crate::vigil::{Vigil, token_proof};
use crate::watchers::Watchers;

/// Mounts `GET /ws`. The app data must hold a [`Hub`], [`Watchers`], an [`AccessService`] and a `dyn Clock`.
pub fn configure(config: &mut ServiceConfig) {
    configure_with(Pace::default())(config);
}

/// Like [`configure`], with other times.
pub fn configure_with(pace: Pace) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        let resource = web::resource("/ws").app_data(web::Data::new(pace)).route(web::get().to(upgrade));
        config.service(resource);
    }
}

async fn upgrade(
    request: HttpRequest,
    body: web::Payload,
    hub: web::Data<Hub>,
    access: web::Data<AccessService>,
    clock: web::Data<dyn Clock>,
    watchers: web::Data<Watchers>,
    pace: web::Data<Pace>,
) -> actix_web::Result<HttpResponse> {
    let now = Instant::now();
    let mut standing = Standing::Unknown { until: now + pace.authentication };
    let mut head = None;
    let mark = hub.mark();
    let mut proof = None;
    if request.headers().contains_key(AUTHORIZATION) {
        let Identified(caller) = Identified::extract(&request).await?;
        let bounds = hub.log().bounds().await.map_err(|error| Problem::from(ServiceError::from(error)))?;
        proof = Some(token_proof(&request, &access).await?);
        standing = Standing::Known(Box::new(caller.actor));
        head = Some(bounds.head);
    }
    let socket = SocketHandle::of(&request);
    let (body, budget) = metered(&request, body).await?;
    let (response, _, messages) = actix_ws::handle(&request, body)?;
    let (response, beneath) = response.into_parts();
    let (inlet, body) = pipe(Some(beneath), pace.stall);
    let response = response.set_body(body);
    let hub = hub.into_inner().join();
    let mut connection = Connection {
        pulse: hub.pulse(),
        hub,
        access,
        clock,
        watchers,
        company: Company::none(),
        outlet: Outlet::new(inlet),
        standing,
        vigil: Vigil::since(mark, proof),
        subscriptions: Subscriptions::default(),
        delivery: None,
        refused_in_a_row: 0,
        last_heard: now,
        next_ping: now + pace.ping,
        pace,
    };
    connection.join_company();
    actix_web::rt::spawn(attend(connection, Intake::new(messages, budget), socket, head));
    Ok(response)
}
