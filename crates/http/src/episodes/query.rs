//! What a list of episodes is asked for.

use actix_web::HttpRequest;
use showrunner_domain::episode::{EpisodeAfter, EpisodeFilter, EpisodeQuery, EpisodeSort, SortKey, SortValue};
use showrunner_domain::show::ShowId;
use showrunner_domain::{Bounded, Invalid};
use showrunner_web::{Problem, Query};

use crate::query::Parameters as _;
use crate::{cursor, parse};

/// The query of `request`, with a cursor that belongs to its order.
pub(super) fn read(request: &HttpRequest) -> Result<EpisodeQuery, Problem> {
    let mut query = Query::of(request)?;
    let show_id = query.take("show_id", parse::show_id);
    rest(query, show_id)
}

/// Like [`read`], for the episodes of `show` alone: then `show_id` is no parameter.
pub(crate) fn read_of_show(request: &HttpRequest, show: ShowId) -> Result<EpisodeQuery, Problem> {
    rest(Query::of(request)?, Some(show))
}

fn rest(mut query: Query, show_id: Option<ShowId>) -> Result<EpisodeQuery, Problem> {
    let filter = EpisodeFilter {
        show_id,
        status: query.take("status", parse::status),
        season_number: query.take("season_number", |text| parse::whole(text).and_then(Bounded::parse)),
        category: query.line("category"),
        air_from: query.take("air_from", parse::date),
        air_to: query.take("air_to", parse::date),
        q: query.line("q"),
    };
    let sort = query.take("sort", sort).unwrap_or_default();
    let limit = query.limit();
    let total = query.switch("total");
    let after: Option<EpisodeAfter> = query.cursor()?;
    query.finish()?;
    if after.as_ref().is_some_and(|after| after.sort != sort || !fits(after)) {
        return Err(cursor::foreign());
    }
    Ok(EpisodeQuery { filter, sort, after, limit, total })
}

fn sort(text: &str) -> Result<EpisodeSort, Invalid> {
    let expected = "title, episode_number, air_date, created_at, updated_at or status, with - before it for descending";
    EpisodeSort::parse(text).ok_or(Invalid::Malformed { expected })
}

/// Whether the cursor's value is one of its sort key: a cursor comes back from outside and may have been altered.
fn fits(after: &EpisodeAfter) -> bool {
    match &after.value {
        SortValue::Text(text) => {
            matches!(after.sort.key, SortKey::Title | SortKey::Status) && !text.contains(char::is_control)
        }
        SortValue::Number(_) => after.sort.key == SortKey::EpisodeNumber,
        SortValue::Day(_) => after.sort.key == SortKey::AirDate,
        SortValue::Time(_) => matches!(after.sort.key, SortKey::CreatedAt | SortKey::UpdatedAt),
    }
}
