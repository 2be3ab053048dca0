//! How much users have: counted no further than is asked for.

use async_trait::async_trait;
use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::upsert::excluded;
use showrunner_domain::StoreError;
use showrunner_domain::identity::UserId;
use showrunner_domain::quota::QuotaStore;

use super::{Conn, Lane, Store};
use crate::cached::Cached;
use crate::failure::Failure;
use crate::schema::log_usage::dsl;
use crate::types::{DbId, Id};

const LIVE_JOBS: &str = "select count(*) as count from
  (select 1 from jobs where created_by = $1 and status in ('pending', 'processing') limit $2) as live";
const SCHEDULES: &str =
    "select count(*) as count from (select 1 from schedules where created_by = $1 limit $2) as kept";

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

#[async_trait]
impl QuotaStore for Store {
    async fn count_live_jobs(&self, user: UserId, most: usize) -> Result<usize, StoreError> {
        Ok(self.engine.read_briefly(Lane::Requests, move |conn| count(conn, LIVE_JOBS, user, most)).await?)
    }

    async fn count_schedules(&self, user: UserId, most: usize) -> Result<usize, StoreError> {
        Ok(self.engine.read_briefly(Lane::Requests, move |conn| count(conn, SCHEDULES, user, most)).await?)
    }

    async fn add_log_bytes(
        &self,
        day: NaiveDate,
        mut written: Vec<(UserId, u64)>,
    ) -> Result<Vec<(UserId, u64)>, StoreError> {
        // Always in the same order, so that two nodes never wait for each other.
        written.sort_unstable();
        let added = self.engine.write(Lane::System, move |conn| {
            diesel::delete(dsl::log_usage.filter(dsl::day.lt(day))).execute(conn)?;
            written.iter().map(|(user, bytes)| add(conn, day, *user, *bytes)).collect()
        });
        Ok(added.await?)
    }
}

fn count(conn: &mut Conn, query: &str, user: UserId, most: usize) -> Result<usize, Failure> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let query = diesel::sql_query(query).bind::<Id, _>(DbId(user.uuid())).bind::<BigInt, _>(most);
    let Counted { count } = Cached(query).get_result(conn)?;
    Ok(usize::try_from(count).unwrap_or_default())
}

fn add(conn: &mut Conn, day: NaiveDate, user: UserId, bytes: u64) -> Result<(UserId, u64), Failure> {
    let row = (dsl::day.eq(day), dsl::user_id.eq(DbId(user.uuid())), dsl::bytes.eq(bytes.cast_signed()));
    let upsert = diesel::insert_into(dsl::log_usage).values(row).on_conflict((dsl::day, dsl::user_id)).do_update();
    let upsert = upsert.set(dsl::bytes.eq(dsl::bytes + excluded(dsl::bytes))).returning(dsl::bytes);
    let total: i64 = Cached(upsert).get_result(conn)?;
    Ok((user, total.unsigned_abs()))
}
