//! The thread that numbers this node's commits at once, everybody's now and then, and hears of other nodes' numbering.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::Conn;
use super::connector::Connector;
use super::number::{JOBS, number, settle};
use crate::bell::Bell;
use crate::failure::Failure;
use crate::head::Head;
use crate::schema::log_head;

/// How often notifications are looked for: Diesel's iterator does not block.
const LISTEN_EVERY: Duration = Duration::from_millis(5);
/// How often the outbox and the head are looked at without being asked: what wakes us up may get lost.
const POLL_EVERY: Duration = Duration::from_millis(50);
/// How long to wait before connecting again.
const RECONNECT_AFTER: Duration = Duration::from_millis(500);

/// Starts the thread. `nudges` tell that this node has committed something; it ends when nobody can nudge any more, or the
/// connections are given up.
pub(super) fn start(connector: Arc<Connector>, nudges: Receiver<()>, head: Head, bell: Bell) -> Result<(), Failure> {
    thread::Builder::new()
        .name("store-numberer".to_owned())
        .spawn(move || {
            while let Err(failure) = listen(&connector, &nudges, &head, &bell) {
                if connector.is_lost() {
                    return;
                }
                tracing::warn!(%failure, "numbering is interrupted: connecting again");
                thread::sleep(RECONNECT_AFTER);
            }
        })
        .map_err(Failure::connection)?;
    Ok(())
}

fn listen(connector: &Connector, nudges: &Receiver<()>, head: &Head, bell: &Bell) -> Result<(), Failure> {
    let mut conn = connector.connect()?;
    diesel::sql_query("listen showrunner").execute(&mut conn)?;
    let own: i32 = diesel::select(sql::<Integer>("pg_backend_pid()")).get_result(&mut conn)?;
    let mut polled = None;
    loop {
        let asked = match nudges.recv_timeout(LISTEN_EVERY) {
            Ok(()) => true,
            Err(RecvTimeoutError::Timeout) => false,
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        if connector.is_lost() {
            return Ok(());
        }
        let due = polled.is_none_or(|at: Instant| at.elapsed() >= POLL_EVERY);
        let Told { numbered, queued } = told(&mut conn, own)?;
        if queued {
            bell.ring();
        }
        if asked {
            head.publish(number(&mut conn)?);
        } else if due || numbered {
            settle(&mut conn)?;
            head.publish(log_head::table.select(log_head::seq).first(&mut conn)?);
        } else {
            continue;
        }
        polled = Some(Instant::now());
    }
}

/// What notifications tell, taken together.
#[derive(Default)]
struct Told {
    /// Whether somebody else has numbered something.
    numbered: bool,
    /// Whether jobs came to the queue, by whomever: this connection may have numbered what another node has committed.
    queued: bool,
}

fn told(conn: &mut Conn, own: i32) -> Result<Told, Failure> {
    let mut told = Told::default();
    for notification in conn.notifications_iter() {
        let notification = notification?;
        told.numbered |= notification.process_id != own;
        told.queued |= notification.payload == JOBS;
    }
    Ok(told)
}
