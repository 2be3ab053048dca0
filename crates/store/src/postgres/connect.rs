//! Connections to a Postgres server.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use r2d2::Pool;

use super::Conn;
use super::connector::Connector;
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
    PgConnection::establish(&with_timeouts(&with_system_roots(url)))
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

/// What libpq and the kernel do about a peer that is gone, where the URL does not say it: no more than 5 s for connecting,
/// and after 10 s without an acknowledgement, of data or of a probe, a connection is broken.
const TIMEOUTS: [(&str, &str); 6] = [
    ("connect_timeout", "5"),
    ("keepalives", "1"),
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "10000"),
];

fn with_timeouts(url: &str) -> String {
    let said = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let is_said = |name: &str| said.split('&').any(|parameter| parameter.split('=').next() == Some(name));
    TIMEOUTS.into_iter().filter(|(name, _)| !is_said(name)).fold(url.to_owned(), |mut url, (name, value)| {
        let separator = if url.contains('?') { '&' } else { '?' };
        url.extend([separator.to_string().as_str(), name, "=", value]);
        url
    })
}

/// Gives `conn` the settings of all that work.
pub(super) fn set(conn: &mut Conn) -> Result<(), Failure> {
    Ok(conn.batch_execute(SETTINGS)?)
}

/// A pool of connections; where `wait` says so, not before the first one stands.
pub(super) fn pool(connector: &Arc<Connector>, wait: bool) -> Result<Pool<Manager<Conn>>, Failure> {
    let connector = connector.clone();
    let manager = Manager::new(move || connector.connect());
    let pool = Pool::builder().max_size(POOL).min_idle(Some(1)).connection_timeout(Duration::from_secs(5));
    if wait { pool.build(manager).map_err(Failure::connection) } else { Ok(pool.build_unchecked(manager)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_added_where_the_url_does_not_say_them() {
        let rest = "keepalives=1&keepalives_idle=5&keepalives_interval=2&keepalives_count=3&tcp_user_timeout=10000";
        assert_eq!(with_timeouts("postgres://db/app"), format!("postgres://db/app?connect_timeout=5&{rest}"));
        let said = "postgres://db/app?sslmode=require&connect_timeout=60";
        assert_eq!(with_timeouts(said), format!("{said}&{rest}"));
    }

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
