//! Noticing what other processes commit to the same file.

use std::path::Path;
use std::thread;
use std::time::Duration;

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{Conn, connect};
use crate::bell::Bell;
use crate::failure::Failure;
use crate::head::Head;
use crate::schema::log_head;

/// How often the file is looked at: another process's commit is seen live after this long.
const EVERY: Duration = Duration::from_millis(50);

#[derive(QueryableByName)]
struct DataVersion {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

/// Starts a thread that watches `PRAGMA data_version` on a connection of its own, and publishes the head of the log and rings
/// when it changes. It ends when nobody can be told any more.
pub(super) fn start(path: &Path, head: Head, bell: Bell) -> Result<(), Failure> {
    let mut conn = connect::plain(path)?;
    thread::Builder::new()
        .name("store-pulse".to_owned())
        .spawn(move || {
            let mut seen = None;
            while !head.is_forsaken() {
                // A failing look is repeated by the next one.
                let _ = look(&mut conn, &mut seen, &head, &bell);
                thread::sleep(EVERY);
            }
        })
        .map_err(Failure::connection)?;
    Ok(())
}

fn look(conn: &mut Conn, seen: &mut Option<i64>, head: &Head, bell: &Bell) -> QueryResult<()> {
    let DataVersion { data_version } = diesel::sql_query("pragma data_version").get_result(conn)?;
    if *seen != Some(data_version) {
        head.publish(log_head::table.select(log_head::seq).first(conn)?);
        bell.ring();
        *seen = Some(data_version);
    }
    Ok(())
}
