//! A deadline for scans. SQLite's own ways to interrupt a statement are not within Diesel's reach; so each scan has a
//! condition that is asked of every row, and fails once the time is over.

use std::cell::Cell;
use std::time::Instant;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::result::Error as QueryError;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

use super::Conn;
use crate::failure::Failure;
use crate::scans::SCAN;

#[allow(unreachable_pub, dead_code, missing_docs, reason = "Diesel's macro makes more than is used here")]
mod function {
    use diesel::prelude::*;

    #[declare_sql_function]
    extern "SQL" {
        /// True while the scan of this thread has time left; an error after that.
        fn scan_has_time() -> Bool;
    }
}

thread_local! {
    /// Until when the scan of this thread may run.
    static UNTIL: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Whether a scan has time left.
#[derive(Debug)]
struct HasTime(bool);

impl ToSql<Bool, Sqlite> for HasTime {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        if !self.0 {
            return Err("the scan takes too long".into());
        }
        out.set_value(1_i32);
        Ok(IsNull::No)
    }
}

/// Makes the condition known to `conn`.
pub(super) fn register(conn: &mut Conn) -> Result<(), Failure> {
    let has_time = || HasTime(UNTIL.get().is_none_or(|until| Instant::now() < until));
    Ok(function::scan_has_time_utils::register_nondeterministic_impl(conn, has_time)?)
}

/// A condition that every scan asks of each row.
pub(super) fn in_time() -> SqlLiteral<Bool> {
    sql("scan_has_time()")
}

/// Runs `work`, a scan, which fails where it takes too long.
pub(super) fn scanning<T>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, Failure>) -> Result<T, Failure> {
    let until = Instant::now() + SCAN;
    UNTIL.set(Some(until));
    let result = work(conn);
    UNTIL.set(None);
    match result {
        Err(Failure::Query(QueryError::DatabaseError(..))) if Instant::now() >= until => Err(Failure::Busy),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::connect;
    use diesel::RunQueryDsl as _;
    use diesel::sql_types::BigInt;

    const ENDLESS: &str = "with recursive n (i) as (select 1 union all select i + 1 from n) \
                           select count(*) from n where scan_has_time() and i < 0";

    #[test]
    fn a_scan_that_finds_nothing_ends_in_time_too_and_the_connection_stays_good() {
        let mut conn = connect::plain(std::path::Path::new(":memory:")).unwrap();
        register(&mut conn).unwrap();
        let ended = scanning(&mut conn, |conn| Ok(sql::<BigInt>(ENDLESS).get_result::<i64>(conn)?));
        assert!(matches!(ended, Err(Failure::Busy)), "{ended:?}");
        let one =
            scanning(&mut conn, |conn| Ok(sql::<BigInt>("select 1 where scan_has_time()").get_result::<i64>(conn)?));
        assert_eq!(one.unwrap(), 1);
    }
}
