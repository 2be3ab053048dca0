//! The thread that numbers this node's commits at once, everybody's now and then, and hears of other nodes' numbering.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::number::{number, settle};
use super::{Conn, connect};
use crate::failure::Failure;
use crate::head::Head;
use crate::schema::log_head;

/// How often notifications are looked for: Diesel's iterator does not block.
const LISTEN_EVERY: Duration = Duration::from_millis(5);
/// How often the outbox and the head are looked at without being asked: what wakes us up may get lost.
const POLL_EVERY: Duration = Duration::from_millis(50);
/// How long to wait before connecting again.
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

/// Starts the thread. `nudges` tell that this node has committed something; it ends when nobody can nudge any more.
pub(super) fn start(url: String, nudges: Receiver<()>, head: Head) -> Result<(), Failure> {
    thread::Builder::new()
        .name("store-numberer".to_owned())
        .spawn(move || {
            while let Err(failure) = listen(&url, &nudges, &head) {
                tracing::warn!(%failure, "numbering is interrupted: connecting again");
                thread::sleep(RECONNECT_AFTER);
            }
        })
        .map_err(Failure::connection)?;
    Ok(())
}

fn listen(url: &str, nudges: &Receiver<()>, head: &Head) -> Result<(), Failure> {
    let mut conn = connect::working(url)?;
    diesel::sql_query("listen showrunner").execute(&mut conn)?;
    let own: i32 = diesel::select(sql::<Integer>("pg_backend_pid()")).get_result(&mut conn)?;
    let mut polled = None;
    loop {
        let asked = match nudges.recv_timeout(LISTEN_EVERY) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        let due = polled.is_none_or(|at: Instant| at.elapsed() >= POLL_EVERY);
        let told = was_told(&mut conn, own)?;
        if asked {
            head.publish(number(&mut conn)?);
        } else if due || told {
            settle(&mut conn)?;
            head.publish(log_head::table.select(log_head::seq).first(&mut conn)?);
        } else {
            continue;
        }
        polled = Some(Instant::now());
    }
}

/// Whether somebody else has numbered something. All notifications say the same, so they are taken together.
fn was_told(conn: &mut Conn, own: i32) -> Result<bool, Failure> {
    let mut told = false;
    for notification in conn.notifications_iter() {
        told |= notification?.process_id != own;
    }
    Ok(told)
}
