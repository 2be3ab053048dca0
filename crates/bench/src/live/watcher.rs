//! One WebSocket client.

use std::cell::RefCell;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tungstenite::handshake::client::generate_key;
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::frames::{Frames, pong, text};
use super::tally::{Tally, number};
use crate::BenchError;
use crate::http::Connection;

/// How a frame with an event begins; its place in the log follows.
const EVENT: &[u8] = br#"{"type":"event","seq":"#;

/// A client that watches all episodes.
pub(super) struct Watcher {
    stream: TcpStream,
    frames: Frames,
}

impl Watcher {
    /// Connects, authenticates and subscribes.
    pub(super) async fn connect(address: SocketAddr, token: &str) -> Result<Self, BenchError> {
        let mut connection = Connection::open(address).await?;
        let upgrade = format!(
            "GET /ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: {}\r\n\r\n",
            generate_key()
        );
        connection.exchange(upgrade.as_bytes()).await?.expect(101, "the upgrade to a WebSocket")?;
        let mut watcher = Self { stream: connection.into_stream(), frames: Frames::new() };
        watcher.converse(&json!({"type": "auth", "token": token}), "ready").await?;
        watcher.converse(&json!({"type": "subscribe", "topics": ["episodes"]}), "subscribed").await?;
        Ok(watcher)
    }

    /// Takes events into the `tally` and tells of `progress`, until something goes wrong.
    pub(super) async fn watch(
        mut self,
        tally: Rc<RefCell<Tally>>,
        progress: Rc<Notify>,
    ) -> Result<Infallible, BenchError> {
        let mut last = 0;
        loop {
            self.frames.fill(&mut self.stream).await?;
            let now = Instant::now();
            let mut answer = None;
            while let Some((opcode, payload)) = self.frames.next()? {
                match opcode {
                    OpCode::Data(Data::Text) => {
                        let place = payload.strip_prefix(EVENT).and_then(number);
                        let place = place.filter(|place| *place > last).ok_or_else(|| unexpected(payload))?;
                        last = place;
                        if tally.borrow_mut().take(payload, now)? {
                            progress.notify_waiters();
                        }
                    }
                    OpCode::Control(Control::Ping) => answer = Some(pong(payload)?),
                    _ => return Err(unexpected(payload)),
                }
            }
            if let Some(answer) = answer {
                self.stream.write_all(&answer).await?;
            }
        }
    }

    /// Sends a frame and waits for the one of the type that it is `answered` by.
    async fn converse(&mut self, frame: &Value, answered: &str) -> Result<(), BenchError> {
        self.stream.write_all(&text(frame.to_string())?).await?;
        loop {
            if let Some((_, payload)) = self.frames.next()? {
                let frame: Value = serde_json::from_slice(payload).map_err(|_| unexpected(payload))?;
                return if frame["type"] == answered { Ok(()) } else { Err(unexpected(payload)) };
            }
            self.frames.fill(&mut self.stream).await?;
        }
    }
}

fn unexpected(payload: &[u8]) -> BenchError {
    BenchError::Socket(format!("an unexpected frame: {}", String::from_utf8_lossy(payload)))
}
