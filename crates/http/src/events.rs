//! Catching up with the log over HTTP: the events since a place, page by page.

use std::fmt::Write as _;

use actix_web::http::header::ContentType;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use showrunner_domain::Limit;
use showrunner_domain::event::{CatchUp, CatchUpPage, Seq};
use showrunner_web::{EventSelection, Identified, Problem, Query};

use crate::answer::Answer;
use crate::query::Parameters as _;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/events").get(list).head(list));
}

async fn list(Identified(caller): Identified, request: HttpRequest, log: web::Data<CatchUp>) -> Answer {
    let (EventSelection { since, topics }, limit) = read(&request)?;
    let page = log.page(&caller.actor, since.unwrap_or(Seq::START), &topics, limit).await?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(body(&page, limit)))
}

fn read(request: &HttpRequest) -> Result<(EventSelection, Limit), Problem> {
    let mut query = Query::of(request)?;
    let wanted = (EventSelection::take(&mut query), query.limit());
    query.finish()?;
    Ok(wanted)
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
