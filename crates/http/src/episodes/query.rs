//! What a list of episodes is asked for.

use showrunner_domain::episode::{
    EpisodeAfter, EpisodeFilter, EpisodeQuery, EpisodeSort, EpisodeStatus, SortKey, SortValue,
};
use showrunner_domain::show::ShowId;
use showrunner_domain::{Bounded, Invalid};
use showrunner_web::Query;

use crate::query::Parameters as _;
use crate::{cursor, parse};

/// The query that `query` asks for, with a cursor that belongs to its order.
pub(super) fn wanted(query: &mut Query) -> EpisodeQuery {
    let show_id = query.take("show_id", parse::show_id);
    of_show(query, show_id)
}

/// Like [`wanted`], for the episodes of one show alone: then `show_id` is no parameter.
pub(crate) fn of_show(query: &mut Query, show_id: Option<ShowId>) -> EpisodeQuery {
    let filter = EpisodeFilter {
        show_id,
        status: query.take("status", EpisodeStatus::read),
        season_number: query.take("season_number", |text| parse::whole(text).and_then(Bounded::parse)),
        category: query.line("category"),
        air_from: query.take("air_from", parse::date),
        air_to: query.take("air_to", parse::date),
        q: query.line("q"),
    };
    let sort = query.take("sort", sort).unwrap_or_default();
    let limit = query.limit();
    let total = query.switch("total");
    let after: Option<EpisodeAfter> = query.cursor();
    if after.as_ref().is_some_and(|after| after.sort != sort || !fits(after)) {
        query.unreadable(cursor::foreign());
    }
    EpisodeQuery { filter, sort, after, limit, total, asker: None }
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
