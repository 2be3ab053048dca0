//! Sharing presence between nodes.

mod changes;
mod flush;

use async_trait::async_trait;
use showrunner_domain::presence::{Changes, Flush, Flushed, NodeId, PresenceStore, Revision};
use showrunner_domain::{StoreError, Timestamp};

use super::{Conn, Lane, Store, shared_time};
use changes::changes;
use flush::{flush, next_revision, remove_node};

#[async_trait]
impl PresenceStore for Store {
    async fn flush(&self, told: Flush, now: Timestamp) -> Result<Flushed, StoreError> {
        Ok(self.engine.write(Lane::System, move |conn| flush(conn, told.clone(), now)).await?)
    }

    async fn changes(&self, after: Revision, node: NodeId, now: Timestamp) -> Result<Option<Changes>, StoreError> {
        let read = self.engine.attend(move |conn| {
            let now = shared_time(conn, now)?;
            changes(conn, after, node, now)
        });
        Ok(read.await?)
    }

    async fn leave(&self, node: NodeId, _now: Timestamp) -> Result<(), StoreError> {
        let left = self.engine.write(Lane::System, move |conn| {
            next_revision(conn)?;
            remove_node(conn, node)
        });
        Ok(left.await?)
    }
}
