//! Catching up with the log over HTTP: the events since a place, page by page.

use std::fmt::Write as _;

use actix_web::http::header::ContentType;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use showrunner_domain::event::{CatchUp, CatchUpPage, Seq, Topic, UnknownTopic};
use showrunner_domain::{Invalid, Limit};
use showrunner_web::{Identified, Problem};

use crate::answer::Answer;
use crate::parse;
use crate::query::Query;

/// How many topics one request may name.
const MOST_TOPICS: usize = 100;

pub(crate) fn routes(config: &mut ServiceConfig) {
    config.service(web::resource("/events").get(list).head(list));
}

struct Wanted {
    since: Seq,
    topics: Vec<Topic>,
    limit: Limit,
}

async fn list(Identified(caller): Identified, request: HttpRequest, log: web::Data<CatchUp>) -> Answer {
    let Wanted { since, topics, limit } = read(&request)?;
    let page = log.page(&caller.actor, since, &topics, limit).await?;
    Ok(HttpResponse::Ok().content_type(ContentType::json()).body(body(&page, limit)))
}

fn read(request: &HttpRequest) -> Result<Wanted, Problem> {
    let mut query = Query::of(request)?;
    let wanted = Wanted {
        since: query.take("since", since).unwrap_or(Seq::START),
        topics: query.take("topics", topics).unwrap_or_else(|| vec![Topic::Feed]),
        limit: query.limit(),
    };
    query.finish()?;
    Ok(wanted)
}

fn since(text: &str) -> Result<Seq, Invalid> {
    parse::whole(text).ok().and_then(Seq::new).ok_or(Invalid::Malformed { expected: "a place in the log, from 0" })
}

fn topics(text: &str) -> Result<Vec<Topic>, String> {
    if text.split(',').count() > MOST_TOPICS {
        return Err(Invalid::TooMany { max: MOST_TOPICS }.to_string());
    }
    text.split(',').map(|topic| topic.parse().map_err(|unknown: UnknownTopic| unknown.to_string())).collect()
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
