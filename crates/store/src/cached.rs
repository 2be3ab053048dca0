//! Keeping statements prepared that Diesel would prepare anew each time.

use diesel::backend::Backend;
use diesel::connection::{Connection, LoadConnection};
use diesel::deserialize::FromSqlRow;
use diesel::expression::QueryMetadata;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Integer;

/// A statement whose text comes in few forms, however often it runs, and that answers rows.
///
/// Diesel prepares every `update` anew, because changesets in general may differ in text from call to call; that costs
/// more than running a small one. Ours set the same columns always, so the prepared statement is found by its text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cached<S>(pub(crate) S);

impl<S, DB: Backend> QueryFragment<DB> for Cached<S>
where
    S: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<S> QueryId for Cached<S> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S: Query> Query for Cached<S> {
    type SqlType = S::SqlType;
}

impl<S, C: Connection> RunQueryDsl<C> for Cached<S> {}

/// Running statements that write.
pub(crate) trait ExecuteCached: LoadConnection {
    /// Runs an `insert`, `update` or `delete` as a [`Cached`] one, and answers how many rows it wrote.
    fn execute_cached<S: QueryFragment<Self::Backend>>(&mut self, statement: S) -> QueryResult<usize>;
}

impl<C, DB> ExecuteCached for C
where
    C: LoadConnection<Backend = DB>,
    DB: Backend + QueryMetadata<Integer> + 'static,
    i32: FromSqlRow<Integer, DB>,
{
    fn execute_cached<S: QueryFragment<DB>>(&mut self, statement: S) -> QueryResult<usize> {
        Ok(Returning(statement).load::<i32>(self)?.len())
    }
}

/// A statement that answers a row for each that it wrote.
///
/// Where Diesel runs a statement for the count alone, it asks a reference to it whether it may stay prepared, and a reference
/// does not pass on what [`Cached`] has to say.
struct Returning<S>(S);

impl<S: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Returning<S> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" returning 1");
        Ok(())
    }

    fn is_safe_to_cache_prepared(&self, _: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<S> QueryId for Returning<S> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S> Query for Returning<S> {
    type SqlType = Integer;
}

impl<S, C: Connection> RunQueryDsl<C> for Returning<S> {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use diesel::connection::{InstrumentationEvent, SimpleConnection};

    use super::*;

    table! {
        kept (id) {
            id -> Integer,
            name -> Text,
        }
    }

    /// Has a connection count what it prepares to keep, while an update runs that Diesel itself would not keep.
    macro_rules! assert_kept {
        ($conn:expr) => {
            let (mut conn, prepared) = ($conn, Arc::new(AtomicUsize::new(0)));
            conn.batch_execute("create temporary table kept (id integer primary key, name text not null)").unwrap();
            conn.batch_execute("insert into kept values (1, 'a'), (2, 'b'), (3, 'c')").unwrap();
            let counter = prepared.clone();
            conn.set_instrumentation(move |event: InstrumentationEvent<'_>| {
                if matches!(event, InstrumentationEvent::CacheQuery { .. }) {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
            });
            for name in ["d", "e", "f"] {
                let update = diesel::update(kept::table.filter(kept::id.lt(3))).set(kept::name.eq(name));
                assert_eq!(conn.execute_cached(update).unwrap(), 2);
            }
            assert_eq!(prepared.load(Ordering::Relaxed), 1);
            let names: Vec<String> = kept::table.order(kept::id).select(kept::name).load(&mut conn).unwrap();
            assert_eq!(names, ["f", "f", "c"]);
        };
    }

    #[test]
    fn a_statement_that_writes_is_prepared_once_on_sqlite() {
        assert_kept!(SqliteConnection::establish(":memory:").unwrap());
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "where to test is no setting")]
    fn a_statement_that_writes_is_prepared_once_on_postgres() {
        let server =
            std::env::var("SHOWRUNNER_TEST_POSTGRES").expect("no Postgres server: run these tests by `make test`");
        assert_kept!(PgConnection::establish(&server).unwrap());
    }
}
