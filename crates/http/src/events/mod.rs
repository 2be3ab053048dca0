//! Catching up with the log over HTTP: the events since a place, page by page.

mod docs;

use std::fmt::Write as _;

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse, web};
use showrunner_domain::Limit;
use showrunner_domain::event::{CatchUp, CatchUpPage, Seq};
use showrunner_web::{EventSelection, Identified, Query};

use crate::answer::Answer;
use crate::endpoint::Endpoint;
use crate::query::{self, Parameters as _};

/// The list, and what the room `live` answers: streams of the same events, and the WebSocket.
pub(crate) fn endpoints() -> Vec<Endpoint> {
    vec![Endpoint::get("/api/v1/events", list, docs::LIST), Endpoint::elsewhere("/ws", docs::SOCKET)]
}

async fn list(Identified(caller): Identified, request: HttpRequest, log: web::Data<CatchUp>) -> Answer {
    let (EventSelection { from, topics }, limit) = query::read(&request, wanted)?;
    let page = log.page(&caller.actor, from.unwrap_or(Seq::START.into()), &topics, limit).await?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(body(&page, limit)))
}

fn wanted(query: &mut Query) -> (EventSelection, Limit) {
    (EventSelection::take(query), query.limit())
}

/// The list, with every event as the very text that the log holds. Its cursor is the place that was looked at last.
fn body(page: &CatchUpPage, limit: Limit) -> String {
    let data: usize = page.events.iter().map(|event| event.data.len() + 160).sum();
    let mut body = String::with_capacity(data + 80);
    body.push_str(r#"{"data":["#);
    for (place, event) in page.events.iter().enumerate() {
        body.push_str(if place == 0 { "{" } else { ",{" });
        event.write_members(&mut body);
        body.push('}');
    }
    // Writing to a string cannot fail.
    let _ = write!(body, r#"],"page":{{"limit":{},"next_cursor":"{}"}}}}"#, limit.get(), page.scanned);
    body
}
