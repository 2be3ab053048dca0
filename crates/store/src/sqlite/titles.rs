//! Finding episodes by a part of their titles: in the index of titles, which is all that is read of those that do not match.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Conn;
use crate::cached::Cached;
use crate::failure::Failure;
use crate::types::{DbId, Id};

/// Where more titles than this match, so many of all do that a page is soon found by passing over the others.
const MANY: usize = 1_000;

const FIND: &str = "select id from episodes indexed by episodes_by_title
where deleted_at is null and scan_has_time() and title_folded like $1 escape '\\' limit $2";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Id)]
    id: DbId,
}

/// The episodes whose folded titles match the pattern; `None` where there are many.
pub(super) fn titled(conn: &mut Conn, pattern: &str) -> Result<Option<Vec<DbId>>, Failure> {
    let limit = i64::try_from(MANY + 1).unwrap_or(i64::MAX);
    let find = diesel::sql_query(FIND).bind::<Text, _>(pattern).bind::<BigInt, _>(limit);
    let found: Vec<Found> = Cached(find).load(conn)?;
    Ok((found.len() <= MANY).then(|| found.into_iter().map(|found| found.id).collect()))
}
