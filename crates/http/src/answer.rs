//! The shapes of successful answers.

use actix_web::HttpResponse;
use actix_web::http::header::HeaderName;
use schemars::JsonSchema;
use serde::Serialize;
use showrunner_domain::{Limit, Page};
use showrunner_web::Problem;

use crate::cursor;

/// What a handler answers.
pub(crate) type Answer = Result<HttpResponse, Problem>;

/// Says how many events an answer may lack, where it may lack any.
const LAG: HeaderName = HeaderName::from_static("showrunner-lag");

/// One thing: `{"data": …}`.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct Data<T> {
    pub(crate) data: T,
}

/// One page of a list.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub(crate) struct List<'a, T> {
    /// The items, in the list's order.
    data: &'a [T],
    /// Where it lies in the list.
    page: PageInfo,
}

/// Where a page lies in its list.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Page")]
struct PageInfo {
    /// How many items it may hold.
    limit: usize,
    /// Where the next page begins; `null` on the last one.
    next_cursor: Option<String>,
    /// How many items match in all, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

/// One thing.
pub(crate) fn one(data: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(Data { data })
}

/// One page of a list that was cut at `limit`.
pub(crate) fn list<T: Serialize, After: Serialize>(page: &Page<T, After>, limit: Limit) -> HttpResponse {
    let next_cursor = page.next.as_ref().map(cursor::encode);
    let info = PageInfo { limit: limit.get(), next_cursor, total: page.total };
    HttpResponse::Ok().json(List { data: &page.items, page: info })
}

/// Adds `Showrunner-Lag`, where something may be lacking.
pub(crate) fn lagging(mut response: HttpResponse, lag: u64) -> HttpResponse {
    if lag > 0 {
        response.headers_mut().insert(LAG, lag.into());
    }
    response
}
