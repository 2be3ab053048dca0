//! One's own view of notifications.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::identity::UserId;
use showrunner_domain::notification::{
    Notification, NotificationAfter, NotificationId, NotificationQuery, NotificationStore,
};
use showrunner_domain::{Page, StoreError, Timestamp};

use super::{Conn, Db, Lane, Store};
use crate::failure::Failure;
use crate::rows::NotificationRow;
use crate::schema::notifications::{self, dsl};
use crate::types::{DbId, DbInstant};

#[async_trait]
impl NotificationStore for Store {
    async fn list_notifications(
        &self,
        owner: UserId,
        query: NotificationQuery,
    ) -> Result<Page<Notification, NotificationAfter>, StoreError> {
        Ok(self.engine.read(move |conn| list(conn, owner, query)).await?)
    }

    async fn count_unread(&self, owner: UserId) -> Result<u64, StoreError> {
        let counted = self.engine.read(move |conn| {
            let unread = dsl::notifications.filter(dsl::user_id.eq(DbId(owner.uuid()))).filter(dsl::read_at.is_null());
            Ok(unread.count().get_result::<i64>(conn)?.unsigned_abs())
        });
        Ok(counted.await?)
    }

    async fn mark_read(
        &self,
        owner: UserId,
        id: NotificationId,
        now: Timestamp,
    ) -> Result<Option<Notification>, StoreError> {
        let marked = self.engine.write(Lane::Requests, move |conn| {
            let unread = dsl::notifications
                .filter(dsl::id.eq(DbId(id.uuid())))
                .filter(dsl::user_id.eq(DbId(owner.uuid())))
                .filter(dsl::read_at.is_null());
            diesel::update(unread).set(dsl::read_at.eq(DbInstant(now))).execute(conn)?;
            find(conn, owner, id)
        });
        Ok(marked.await?)
    }

    async fn mark_all_read(&self, owner: UserId, now: Timestamp) -> Result<u64, StoreError> {
        let marked = self.engine.write(Lane::Requests, move |conn| {
            let unread = dsl::notifications.filter(dsl::user_id.eq(DbId(owner.uuid()))).filter(dsl::read_at.is_null());
            Ok(diesel::update(unread).set(dsl::read_at.eq(DbInstant(now))).execute(conn)? as u64)
        });
        Ok(marked.await?)
    }

    async fn delete_notification(&self, owner: UserId, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        let deleted = self.engine.write(Lane::Requests, move |conn| {
            let found = find(conn, owner, id)?;
            if found.is_some() {
                diesel::delete(dsl::notifications.filter(dsl::id.eq(DbId(id.uuid())))).execute(conn)?;
            }
            Ok(found)
        });
        Ok(deleted.await?)
    }
}

fn find(conn: &mut Conn, owner: UserId, id: NotificationId) -> Result<Option<Notification>, Failure> {
    let own = dsl::notifications.filter(dsl::id.eq(DbId(id.uuid()))).filter(dsl::user_id.eq(DbId(owner.uuid())));
    own.select(NotificationRow::as_select()).first(conn).optional()?.map(Notification::try_from).transpose()
}

fn list(
    conn: &mut Conn,
    owner: UserId,
    query: NotificationQuery,
) -> Result<Page<Notification, NotificationAfter>, Failure> {
    let total = if query.total {
        let count: i64 = matching(owner, query).count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = matching(owner, query);
    if let Some(after) = query.after {
        let (seq, id) = (after.seq.get(), DbId(after.id.uuid()));
        rows = rows.filter(dsl::seq.le(seq).and(dsl::seq.lt(seq).or(dsl::id.lt(id))));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows =
        rows.order((dsl::seq.desc(), dsl::id.desc())).limit(wanted).select(NotificationRow::as_select()).load(conn)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(Notification::try_from).collect();
    let after = |last: &Notification| NotificationAfter { seq: last.seq, id: last.id };
    Ok(Page::cut(items?, query.limit, total, after))
}

fn matching(owner: UserId, wanted: NotificationQuery) -> notifications::BoxedQuery<'static, Db> {
    let mut query = dsl::notifications.filter(dsl::user_id.eq(DbId(owner.uuid()))).into_boxed();
    match wanted.unread {
        Some(true) => query = query.filter(dsl::read_at.is_null()),
        Some(false) => query = query.filter(dsl::read_at.is_not_null()),
        None => {}
    }
    if let Some(kind) = wanted.kind {
        query = query.filter(dsl::kind.eq(kind.as_str()));
    }
    query
}
