//! What a list of shows is asked for.

use showrunner_domain::Invalid;
use showrunner_domain::show::{ShowAfter, ShowFilter, ShowQuery, ShowSort, ShowSortKey, ShowSortValue};
use showrunner_web::Query;

use crate::query::Parameters as _;
use crate::{cursor, parse};

/// The query that `query` asks for, with a cursor that belongs to its order.
pub(super) fn wanted(query: &mut Query) -> ShowQuery {
    let filter = ShowFilter { status: query.take("status", parse::show_status), q: query.line("q") };
    let sort = query.take("sort", sort).unwrap_or_default();
    let limit = query.limit();
    let total = query.switch("total");
    let after: Option<ShowAfter> = query.cursor();
    if after.as_ref().is_some_and(|after| after.sort != sort || !fits(after)) {
        query.unreadable(cursor::foreign());
    }
    ShowQuery { filter, sort, after, limit, total }
}

fn sort(text: &str) -> Result<ShowSort, Invalid> {
    let expected = "name, created_at or updated_at, with - before it for descending";
    ShowSort::parse(text).ok_or(Invalid::Malformed { expected })
}

/// Whether the cursor's value is one of its sort key: a cursor comes back from outside and may have been altered.
fn fits(after: &ShowAfter) -> bool {
    match &after.value {
        ShowSortValue::Text(text) => after.sort.key == ShowSortKey::Name && !text.contains(char::is_control),
        ShowSortValue::Time(_) => after.sort.key != ShowSortKey::Name,
    }
}
