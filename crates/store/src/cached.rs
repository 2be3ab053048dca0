//! Keeping statements prepared that Diesel would prepare anew each time.

use diesel::backend::Backend;
use diesel::connection::Connection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// A statement whose text comes in few forms, however often it runs.
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
