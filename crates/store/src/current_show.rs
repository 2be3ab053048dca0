//! The show that a record is in through its episode, looked up whenever the record is read.
//!
//! `files`, `compositions` and `jobs` keep in `show_id` what the show was when the row was written. An episode may have moved
//! since, so nobody decides by that column: it counts only for rows whose episode is gone.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::prelude::QueryResult;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Nullable;
use showrunner_domain::show::ShowId;
use uuid::Uuid;

use crate::types::{DbId, Id};

/// The show of a row of this name; the nil id for none. One look tells an episode without a show from one that is gone.
macro_rules! show_or_nil_of {
    ($row:literal) => {
        concat!(
            "coalesce((select coalesce(an_episode.show_id, '00000000-0000-0000-0000-000000000000') \
             from episodes as an_episode where an_episode.id = ",
            $row,
            ".episode_id), ",
            $row,
            ".show_id, '00000000-0000-0000-0000-000000000000')"
        )
    };
}
pub(crate) use show_or_nil_of;

/// The show of a row of this name, where it is in one.
macro_rules! show_of {
    ($row:literal) => {
        concat!("nullif(", show_or_nil_of!($row), ", '00000000-0000-0000-0000-000000000000')")
    };
}
pub(crate) use show_of;

macro_rules! expression {
    ($(#[$doc:meta])* $name:ident of $table:ident is $text:expr, a $sql_type:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, QueryId)]
        pub(crate) struct $name;

        impl Expression for $name {
            type SqlType = $sql_type;
        }

        impl<GroupBy> ValidGrouping<GroupBy> for $name {
            type IsAggregate = is_aggregate::No;
        }

        impl<Source> AppearsOnTable<Source> for $name where crate::schema::$table::id: AppearsOnTable<Source> {}

        impl<Source> SelectableExpression<Source> for $name
        where
            crate::schema::$table::id: SelectableExpression<Source>,
        {
        }

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($text);
                Ok(())
            }
        }
    };
}

expression! {
    /// The show of a file, as it is now.
    FileShow of files is show_of!("files"), a Nullable<Id>
}
expression! {
    /// The same to compare with: the nil id for none.
    FileShowOrNil of files is show_or_nil_of!("files"), a Id
}
expression! {
    /// The show of a composition, as it is now.
    CompositionShow of compositions is show_of!("compositions"), a Nullable<Id>
}
expression! {
    /// The same to compare with: the nil id for none.
    CompositionShowOrNil of compositions is show_or_nil_of!("compositions"), a Id
}
expression! {
    /// The show of a job, as it is now.
    JobShow of jobs is show_of!("jobs"), a Nullable<Id>
}

/// What to compare a show with.
pub(crate) fn or_nil(show: Option<ShowId>) -> DbId {
    DbId(show.map_or(Uuid::nil(), ShowId::uuid))
}
