//! `GET /events` with `Accept: text/event-stream`: from a request to a running stream.

use actix_web::guard::{self, GuardContext};
use actix_web::http::Method;
use actix_web::http::header::{Accept, CACHE_CONTROL, HeaderMap, HeaderName, Quality};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use showrunner_domain::event::{EventLog, LogBounds, ResumePoint, Seq};
use showrunner_domain::identity::{AccessService, Action, permit};
use showrunner_domain::{Clock, ResourceKind, ServiceError};
use showrunner_web::{EventSelection, Identified, Problem, Query};
use tokio::time::Instant;

use super::feed::{Feed, attend};
use super::outlet::Outlet;
use crate::delivery::Delivery;
use crate::hub::Hub;
use crate::pace::Pace;
use crate::subscriptions::Subscriptions;
use crate::tcp::SocketHandle;
use crate::vigil::{Vigil, token_proof};

/// The media type of streams.
const EVENT_STREAM: &str = "text/event-stream";
/// The last event that the client has seen.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Asks reverse proxies to hand on what comes at once.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Mounts `GET /events` for those who accept `text/event-stream`; all else goes on to whatever is mounted later. The
/// app data must hold a [`Hub`], an `AccessService` and a `dyn Clock`.
pub fn stream(config: &mut ServiceConfig) {
    stream_with(Pace::default())(config);
}

/// Like [`stream`], with other times.
pub fn stream_with(pace: Pace) -> impl FnOnce(&mut ServiceConfig) {
    move |config| {
        let resource = web::resource("/events").guard(guard::fn_guard(is_wanted));
        config.service(resource.app_data(web::Data::new(pace)).to(open));
    }
}

/// Whether this is a GET, and a stream among what the client accepts by name. The method is asked here, and by no guard
/// of its own, because actix would name such a guard's method in `Allow` a second time.
fn is_wanted(context: &GuardContext<'_>) -> bool {
    let accepted = context.header::<Accept>().filter(|_| context.head().method == Method::GET);
    accepted.is_some_and(|Accept(types)| {
        types.iter().any(|entry| entry.item.essence_str() == EVENT_STREAM && entry.quality > Quality::ZERO)
    })
}

async fn open(
    Identified(caller): Identified,
    request: HttpRequest,
    hub: web::Data<Hub>,
    access: web::Data<AccessService>,
    clock: web::Data<dyn Clock>,
    pace: web::Data<Pace>,
) -> Result<HttpResponse, Problem> {
    let EventSelection { from, topics } = selection(&request)?;
    let wanted = last_event_id(request.headers())?.or(from);
    permit(&caller.actor, Action::Read, ResourceKind::Event)?;
    let proof = token_proof(&request, &access).await?;
    let from = begin(hub.log(), wanted).await?;
    let hub = hub.into_inner().join();
    let (outlet, body) = Outlet::new(pace.stall);
    let feed = Feed {
        pulse: hub.pulse(),
        hub,
        clock,
        outlet,
        access,
        actor: caller.actor,
        vigil: Vigil::ignorant(proof),
        subscriptions: Subscriptions::of(&topics, from),
        delivery: Delivery::after(from),
        next_comment: Instant::now() + pace.ping,
        pace,
    };
    actix_web::rt::spawn(attend(feed, SocketHandle::of(&request)));
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((BUFFERING, "no"))
        // The end of a stream is the end of its connection, so that both kinds of connection are ended alike.
        .force_close()
        .body(body))
}

/// Where the stream begins: where the client has stopped, or at the head.
async fn begin(log: &dyn EventLog, wanted: Option<ResumePoint>) -> Result<Seq, ServiceError> {
    let Some(from) = wanted else { return Ok(log.bounds().await?.head) };
    let history = log.history(from.since).await?;
    let LogBounds { first, head } = history.bounds;
    history.verify(from).map_err(|_| ServiceError::LogTruncated { first, head })?;
    Ok(from.since)
}

fn selection(request: &HttpRequest) -> Result<EventSelection, Problem> {
    let mut query = Query::of(request)?;
    let selection = EventSelection::take(&mut query);
    query.finish()?;
    Ok(selection)
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<ResumePoint>, Problem> {
    let mut values = headers.get_all(LAST_EVENT_ID);
    let Some(value) = values.next() else { return Ok(None) };
    let place = value.to_str().ok().and_then(|text| text.parse().ok()).filter(|_| values.next().is_none());
    place.map(Some).ok_or_else(|| Problem::malformed("The header `Last-Event-ID` must be the `id` of an event."))
}
