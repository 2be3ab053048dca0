//! Episodes that are looked up at the same time are looked up by one statement.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use showrunner_domain::episode::{Episode, EpisodeId};

use super::Conn;
use super::connector::Connector;
use super::gather::Gather;
use crate::failure::Failure;
use crate::rows::EpisodeRow;
use crate::schema::episodes::dsl;
use crate::types::DbId;

/// How many statements run beside each other.
const THREADS: usize = 2;
/// How many episodes one statement looks up at most.
const BATCH: usize = 64;
/// Their number does not change how they are found: one plan does.
const SETTINGS: &str = "set plan_cache_mode = force_generic_plan";

/// Looking them up together failed: each has to be looked up alone.
pub(super) struct Alone;

/// The episode, if there is one.
pub(super) type Found = Result<Option<Episode>, Alone>;

/// Looks up episodes on connections of `connector`.
pub(super) fn start(connector: &Arc<Connector>) -> Result<Gather<EpisodeId, Found>, Failure> {
    let worker = || {
        let connector = connector.clone();
        move || {
            let mut conn = connect(&connector).ok();
            move |ids: Vec<EpisodeId>| match found(&mut conn, &connector, &ids) {
                Some(found) => ids.iter().map(|id| Ok(found.get(id).cloned())).collect(),
                None => ids.iter().map(|_| Err(Alone)).collect(),
            }
        }
    };
    Gather::start("store-finder", BATCH, (0..THREADS).map(|_| worker()).collect())
}

/// A connection on which anything has failed is not used again.
fn found(conn: &mut Option<Conn>, connector: &Connector, ids: &[EpisodeId]) -> Option<HashMap<EpisodeId, Episode>> {
    let mut open = conn.take().or_else(|| connect(connector).ok())?;
    let found = catch_unwind(AssertUnwindSafe(|| find(&mut open, ids))).ok()?.ok()?;
    *conn = Some(open);
    Some(found)
}

fn find(conn: &mut Conn, ids: &[EpisodeId]) -> Result<HashMap<EpisodeId, Episode>, Failure> {
    let keys = ids.iter().map(|id| DbId(id.uuid()));
    let rows = dsl::episodes.filter(dsl::id.eq_any(keys)).select(EpisodeRow::as_select()).load(conn)?;
    rows.into_iter().map(|row| Episode::try_from(row).map(|episode| (episode.id, episode))).collect()
}

fn connect(connector: &Connector) -> Result<Conn, Failure> {
    let mut conn = connector.connect()?;
    conn.batch_execute(SETTINGS)?;
    Ok(conn)
}
