//! The text that both stores share: queries and port implementations, written against `super`'s connection type.

/// Inserts rows into a table, as many in one statement as suits the store. A statement for one row stays prepared.
macro_rules! insert {
    ($table:expr, $rows:expr, $conn:expr) => {
        $rows.chunks(super::super::ROWS_AT_ONCE).try_for_each(|some| {
            match some {
                [row] => diesel::insert_into($table).values(row).execute($conn),
                many => diesel::insert_into($table).values(many).execute($conn),
            }
            .map(drop)
        })
    };
}

mod accounts;
mod activities;
mod activity_counts;
mod attempts;
mod commit;
mod compositions;
mod episodes;
mod files;
mod folding;
mod import;
mod jobs;
mod keys;
mod ledger;
mod log;
mod losses;
mod memberships;
mod notifications;
mod page;
mod preferences;
mod presence;
mod quotas;
mod readers;
mod receipts;
mod references;
mod schedules;
mod shows;
mod sign_ins;
mod sorted;
mod templates;
mod users;

use std::sync::Arc;

use async_trait::async_trait;
use showrunner_domain::{StoreError, Timestamp};

use super::{
    Conn, Db, Engine, HOLD, RowByRow, append_events, having_category, hold_numbering, in_time, insert_attempts,
    insert_jobs, lock_ready_jobs, one_at_a_time, settle, shared_time, titled, update_jobs,
};
use crate::{Ports, StoreProbe};
pub(super) use commit::commit;
pub(super) use episodes::find as find_episode;
pub(crate) use folding::refold;
pub(super) use losses::losses as find_losses;
pub(super) use readers::{Lane, Readers};

/// Every port of the domain on this store.
pub(super) struct Store {
    engine: Engine,
}

impl Store {
    pub(super) fn new(engine: Engine) -> Self {
        Self { engine }
    }

    /// The ports, all served by this store.
    pub(super) fn into_ports(self) -> Ports {
        let store = Arc::new(self);
        Ports {
            ledger: store.clone(),
            log: store.clone(),
            log_head: store.clone(),
            shows: store.clone(),
            episodes: store.clone(),
            imports: store.clone(),
            compositions: store.clone(),
            templates: store.clone(),
            jobs: store.clone(),
            schedules: store.clone(),
            files: store.clone(),
            memberships: store.clone(),
            users: store.clone(),
            sign_ins: store.clone(),
            signing_keys: store.clone(),
            activities: store.clone(),
            notifications: store.clone(),
            preferences: store.clone(),
            presence: store.clone(),
            quotas: store.clone(),
            receipts: store.clone(),
            references: store.clone(),
            probe: store,
        }
    }
}

#[async_trait]
impl StoreProbe for Store {
    async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        Ok(self.engine.attend(|conn| crate::migrations::pending(conn, super::MIGRATIONS)).await?)
    }

    async fn shared_time(&self, now: Timestamp) -> Result<Timestamp, StoreError> {
        Ok(self.engine.read_briefly(Lane::System, move |conn| shared_time(conn, now)).await?)
    }
}

/// `text` as a pattern that finds it anywhere, with what `LIKE` would take for a wildcard escaped by `\`.
fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
