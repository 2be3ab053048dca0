//! SQL past the server: to look into a store, and to disturb it.

use std::path::Path;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{Connection, PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::{Backend, eventually};

/// A connection of its own into a store. Statements are text that both stores understand, where not said otherwise.
pub(crate) enum Outside {
    /// Into a SQLite file.
    Sqlite(SqliteConnection),
    /// Into a Postgres database.
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Nullable<Text>)]
    t: Option<String>,
}

/// An event as the log holds it.
#[derive(Debug, QueryableByName)]
pub(crate) struct Row {
    /// The place.
    #[diesel(sql_type = BigInt)]
    pub(crate) seq: i64,
    /// What happened.
    #[diesel(sql_type = Text)]
    pub(crate) name: String,
    /// To which record.
    #[diesel(sql_type = Text)]
    pub(crate) subject: String,
    /// The particulars, as JSON text.
    #[diesel(sql_type = Text)]
    pub(crate) data: String,
}

impl Outside {
    pub(super) fn sqlite(file: &Path) -> Self {
        let mut connection = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
        connection.batch_execute("pragma busy_timeout = 30000").unwrap();
        Self::Sqlite(connection)
    }

    pub(super) fn postgres(url: &str) -> Self {
        let connection = PgConnection::establish(url);
        Self::Postgres(connection.unwrap_or_else(|error| panic!("no Postgres at {url}: {error}; run `make test`")))
    }

    /// The kind of store.
    pub(crate) fn backend(&self) -> Backend {
        match self {
            Self::Sqlite(_) => Backend::Sqlite,
            Self::Postgres(_) => Backend::Postgres,
        }
    }

    /// Runs statements.
    #[track_caller]
    pub(crate) fn run(&mut self, sql: &str) {
        self.try_run(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Runs statements that may fail.
    pub(crate) fn try_run(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Self::Sqlite(connection) => connection.batch_execute(sql),
            Self::Postgres(connection) => connection.batch_execute(sql),
        }
    }

    /// The whole number that a query selects.
    #[track_caller]
    pub(crate) fn number(&mut self, expression: &str) -> i64 {
        let query = sql_query(format!("select cast(({expression}) as bigint) as n"));
        let row: QueryResult<Number> = match self {
            Self::Sqlite(connection) => query.get_result(connection),
            Self::Postgres(connection) => query.get_result(connection),
        };
        row.unwrap_or_else(|error| panic!("{error}: {expression}")).n
    }

    /// How many rows `from` has: a table, with a condition or without.
    #[track_caller]
    pub(crate) fn count(&mut self, from: &str) -> i64 {
        self.number(&format!("select count(*) from {from}"))
    }

    /// The texts of one column. `query` selects it as `t`.
    #[track_caller]
    pub(crate) fn texts(&mut self, query: &str) -> Vec<String> {
        let rows: QueryResult<Vec<Word>> = match self {
            Self::Sqlite(connection) => sql_query(query).load(connection),
            Self::Postgres(connection) => sql_query(query).load(connection),
        };
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {query}"));
        rows.into_iter().map(|row| row.t.unwrap_or_default()).collect()
    }

    /// The events after `since`, in the order of the log.
    pub(crate) fn events_after(&mut self, since: i64) -> Vec<Row> {
        let query = format!(
            "select seq, name, cast(subject_id as text) as subject, data from events where seq > {since} order by seq"
        );
        match self {
            Self::Sqlite(connection) => sql_query(query).load(connection),
            Self::Postgres(connection) => sql_query(query).load(connection),
        }
        .unwrap()
    }

    /// The places of all events of episodes, in order.
    pub(crate) fn episode_seqs(&mut self) -> Vec<i64> {
        let seqs =
            self.texts("select cast(seq as text) as t from events where subject_kind = 'episode' order by events.seq");
        seqs.iter().map(|seq| seq.parse().unwrap()).collect()
    }

    /// The last place that the log has given away.
    pub(crate) fn head(&mut self) -> i64 {
        self.number("select seq from log_head")
    }

    /// Waits until all that is committed has its place in the log.
    pub(crate) fn wait_until_numbered(&mut self) {
        if self.backend() == Backend::Postgres {
            eventually("every outbox row is numbered", || (self.count("outbox") == 0).then_some(()));
        }
    }

    /// Waits until both readers stand at the head of the log and nothing waits to be numbered, and answers the head.
    pub(crate) fn wait_until_read(&mut self) -> i64 {
        eventually("the readers stand at the head", || self.head_at_rest())
    }

    /// Like [`wait_until_read`](Self::wait_until_read), and from then on sees the store as it was then, until
    /// `commit` is run.
    pub(crate) fn begin_at_rest(&mut self) -> i64 {
        let begin = match self.backend() {
            Backend::Sqlite => "begin",
            Backend::Postgres => "begin isolation level repeatable read",
        };
        eventually("the readers stand at the head", || {
            self.run(begin);
            let head = self.head_at_rest();
            if head.is_none() {
                self.run("commit");
            }
            head
        })
    }

    /// The head, if all that follows from what is committed is written too. Outside a snapshot the order of the
    /// questions matters: readers write their effects and move their cursors at once, and the head moves last.
    fn head_at_rest(&mut self) -> Option<i64> {
        let head = self.head();
        let rest = self.count(&format!("reader_cursors where seq = {head}")) == 2
            && (self.backend() == Backend::Sqlite || self.count("outbox") == 0)
            && self.head() == head;
        rest.then_some(head)
    }

    /// Makes the activity table refuse whatever is written to it. On SQLite `how` says what the refusal does to the
    /// transaction: `ABORT` undoes the statement, `ROLLBACK` everything in the transaction. Postgres knows one way.
    pub(crate) fn refuse_activities(&mut self, how: &str) {
        let sql = match self.backend() {
            Backend::Sqlite => format!(
                "begin immediate; drop trigger if exists refuse;
                 create trigger refuse before insert on activities begin select raise({how}, 'refused from outside'); end;
                 commit"
            ),
            Backend::Postgres => "create or replace function refuse() returns trigger language plpgsql
                 as $$ begin raise exception 'refused from outside'; end $$;
                 create or replace trigger refuse before insert on activities for each row execute function refuse()"
                .to_owned(),
        };
        self.run(&sql);
    }

    /// Lets the activity table take rows again.
    pub(crate) fn accept_activities(&mut self) {
        match self.backend() {
            Backend::Sqlite => self.run("drop trigger refuse"),
            Backend::Postgres => self.run("drop trigger refuse on activities"),
        }
    }

    /// From now on counts, in the table `taken_again`, the steps of readers that do not move their cursors on.
    pub(crate) fn watch_cursors(&mut self) {
        let sql = match self.backend() {
            Backend::Sqlite => {
                "create table taken_again (reader text);
                 create trigger watch after update on reader_cursors when new.seq <= old.seq
                 begin insert into taken_again values (new.reader); end"
            }
            Backend::Postgres => {
                "create table taken_again (reader text);
                 create function watch() returns trigger language plpgsql
                 as $$ begin insert into taken_again values (new.reader); return new; end $$;
                 create trigger watch after update on reader_cursors for each row when (new.seq <= old.seq)
                 execute function watch()"
            }
        };
        self.run(sql);
    }

    /// Is a writer that stalls in the middle of its transaction for `time`. On SQLite it holds the write lock. On
    /// Postgres it has drawn a place in the outbox, with an event of its own, that later writers overtake; the answer
    /// is that event's id.
    pub(crate) fn stall(&mut self, time: Duration) -> Option<String> {
        let written = match self.backend() {
            Backend::Sqlite => {
                self.run("begin immediate");
                None
            }
            Backend::Postgres => {
                let columns = self
                    .texts(
                        "select cast(column_name as text) as t from information_schema.columns
                         where table_schema = 'public' and table_name = 'outbox' and column_name not in ('outbox_id', 'id')",
                    )
                    .join(", ");
                self.run("begin");
                let inserted = self.texts(&format!(
                    "insert into outbox (id, {columns})
                     select gen_random_uuid(), {columns} from events where subject_kind = 'episode' order by seq limit 1
                     returning cast(id as text) as t"
                ));
                Some(inserted.into_iter().next().expect("an event to copy"))
            }
        };
        std::thread::sleep(time);
        self.run("commit");
        written
    }
}
