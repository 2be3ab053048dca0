//! Connections to a Postgres server.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use r2d2::Pool;

use super::Conn;
use super::roots::with_system_roots;
use crate::failure::Failure;
use crate::pool::Manager;

/// A statement that takes longer is given up, and so is a transaction that its owner has left open. What the server refuses
/// is to be said in English, by which we know it; not every user may ask for that.
const SETTINGS: &str = "set statement_timeout = '10s'; set idle_in_transaction_session_timeout = '30s'; \
                        set default_transaction_isolation = 'read committed'; \
                        do $$ begin perform set_config('lc_messages', 'C', false); \
                        exception when insufficient_privilege then null; end $$";

/// How many connections one node uses at most, beside the numberer's own and those of commits and look-ups that share
/// a statement: 17 in all.
const POOL: u32 = 12;

/// A connection without settings.
pub(super) fn plain(url: &str) -> Result<Conn, Failure> {
    PgConnection::establish(&with_system_roots(url))
        .map_err(|error| Failure::connection(presentable(&error.to_string())))
}

/// What libpq says about a failed connection. Where it speaks of the URL itself it quotes pieces of it, which may be pieces
/// of the password: what is between the first and the last quotation mark is left out then.
fn presentable(message: &str) -> String {
    const ABOUT_THE_SERVER: [&str; 2] = ["connection to server", "could not translate host name"];
    let message = message.trim();
    match (message.find('"'), message.rfind('"')) {
        (Some(first), Some(last)) if !ABOUT_THE_SERVER.iter().any(|start| message.starts_with(start)) => {
            format!("{}…{}", &message[..=first], &message[last..])
        }
        _ => message.to_owned(),
    }
}

/// A connection as the pool has them.
pub(super) fn working(url: &str) -> Result<Conn, Failure> {
    let mut conn = plain(url)?;
    conn.batch_execute(SETTINGS)?;
    Ok(conn)
}

/// A pool of connections.
pub(super) fn pool(url: &str) -> Result<Pool<Manager<Conn>>, Failure> {
    let url = url.to_owned();
    Pool::builder()
        .max_size(POOL)
        .min_idle(Some(1))
        .connection_timeout(Duration::from_secs(5))
        .build(Manager::new(move || working(&url)))
        .map_err(Failure::connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libpq_quotes_of_the_url_is_left_out_and_what_it_says_of_the_server_stays() {
        assert_eq!(
            presentable("invalid percent-encoded token: \"se\"%zzcret\"\n"),
            "invalid percent-encoded token: \"…\""
        );
        assert_eq!(
            presentable("missing key/value separator \"=\" in URI query parameter: \"secret\""),
            "missing key/value separator \"…\""
        );
        let server = "connection to server at \"db\" (10.0.0.1), port 5432 failed: Connection refused";
        assert_eq!(presentable(server), server);
        assert_eq!(presentable("out of memory"), "out of memory");
    }
}
