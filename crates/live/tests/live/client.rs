//! A client that speaks in frames.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};

use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::Frame;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::{Error, HandshakeError, Message, WebSocket};

use crate::server::PATIENCE;

/// A client.
pub(crate) struct Client {
    socket: WebSocket<TcpStream>,
}

impl Client {
    /// Opens a connection, with a token or without. Answers the HTTP status where the upgrade is refused.
    pub(crate) fn connect(address: SocketAddr, token: Option<&str>) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        match tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self { socket }),
            Err(HandshakeError::Failure(Error::Http(response))) => Err(response.status().as_u16()),
            Err(error) => panic!("the handshake failed: {error}"),
        }
    }

    /// The client's end of the connection.
    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.get_ref().local_addr().unwrap()
    }

    /// Sends a text frame.
    pub(crate) fn text(&mut self, text: impl Into<String>) {
        self.message(Message::text(text.into()));
    }

    /// Sends any message.
    pub(crate) fn message(&mut self, message: Message) {
        self.socket.send(message).unwrap();
    }

    /// Sends a frame.
    pub(crate) fn send(&mut self, frame: &Value) {
        self.text(frame.to_string());
    }

    /// Sends a token.
    pub(crate) fn authenticate(&mut self, token: &str) {
        self.send(&json!({"type": "auth", "token": token}));
    }

    /// Asks for `topics`.
    pub(crate) fn subscribe(&mut self, topics: &[&str], since: Option<usize>) {
        let mut frame = json!({"type": "subscribe", "topics": topics});
        if let Some(since) = since {
            frame["since"] = since.into();
        }
        self.send(&frame);
    }

    /// The next frame of the server.
    pub(crate) fn next(&mut self) -> Value {
        loop {
            match self.socket.read().unwrap() {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected a frame, got {other:?}"),
            }
        }
    }

    /// The code of the next frame, which must be an error.
    pub(crate) fn next_error(&mut self) -> String {
        let frame = self.next();
        assert_eq!(frame["type"], "error", "{frame}");
        assert!(frame["message"].is_string());
        frame["code"].as_str().unwrap().to_owned()
    }

    /// The place of the next frame, which must be an event.
    pub(crate) fn next_event(&mut self) -> u64 {
        let frame = self.next();
        assert_eq!(frame["type"], "event", "{frame}");
        frame["seq"].as_u64().unwrap()
    }

    /// Whether the server is silent: the answer to a ping is the next frame.
    pub(crate) fn hears_nothing(&mut self) -> bool {
        self.send(&json!({"type": "ping"}));
        self.next()["type"] == "pong"
    }

    /// The close code, which must come next; then the connection must end.
    pub(crate) fn next_close(&mut self) -> u16 {
        let code = loop {
            match self.socket.read().unwrap() {
                Message::Close(Some(reason)) => break reason.code.into(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("expected to be closed, got {other:?}"),
            }
        };
        assert!(matches!(self.socket.read(), Err(Error::ConnectionClosed)));
        code
    }
}

/// What only unusual clients do.
impl Client {
    /// Sends bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.socket.get_mut().write_all(bytes).unwrap();
    }

    /// Sends one text message in `count` fragments.
    pub(crate) fn fragments(&mut self, text: &str, count: usize) {
        for n in 0..count {
            let opcode = OpCode::Data(if n == 0 { Data::Text } else { Data::Continue });
            let frame = Frame::message(text.to_owned().into_bytes(), opcode, n + 1 == count);
            self.message(Message::Frame(frame));
        }
    }

    /// Announces a text frame of `length` bytes and sends the first `sent` of them.
    pub(crate) fn begins_a_frame(&mut self, length: u64, sent: usize) {
        let mut frame = vec![0x81, 0xff];
        frame.extend(length.to_be_bytes());
        frame.extend([0; 4]);
        frame.resize(frame.len() + sent, b' ');
        self.raw(&frame);
    }

    /// Closes with `code`.
    pub(crate) fn close(&mut self, code: u16) {
        self.socket.close(Some(CloseFrame { code: code.into(), reason: "enough".into() })).unwrap();
    }

    /// Reads, and so answers pings, while `condition` holds.
    pub(crate) fn answer_pings_while(&mut self, condition: impl Fn() -> bool) {
        while condition() {
            assert!(matches!(self.socket.read().unwrap(), Message::Ping(_)));
            self.socket.flush().unwrap();
        }
    }

    /// Reads what is left until the connection ends, however it ends.
    pub(crate) fn exhaust(&mut self) {
        while self.socket.read().is_ok() {}
    }
}
