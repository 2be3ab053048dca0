//! A live client on a WebSocket: it authenticates, subscribes, takes events and can vanish.

use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::net::{AddressFamily, SocketType};
use serde_json::{Value, json};
use tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tungstenite::{Error, Message, WebSocket, client::client_with_config};

use super::PATIENCE;

/// A live client.
pub(crate) struct Live {
    socket: WebSocket<TcpStream>,
}

/// An event as a live client gets it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Event {
    /// The place.
    pub(crate) seq: i64,
    /// The name.
    pub(crate) name: String,
    /// The envelope: everything that was sent but the frame's type.
    pub(crate) envelope: Value,
}

/// What came of waiting for a frame.
#[derive(Debug)]
pub(crate) enum Received {
    /// A frame of the protocol.
    Frame(Value),
    /// Nothing within the time.
    Nothing,
    /// The connection has ended, with a close code where one was sent.
    Closed(Option<u16>),
}

impl Event {
    fn from_frame(mut frame: Value) -> Self {
        frame.as_object_mut().unwrap().remove("type");
        let (seq, name) = (frame["seq"].as_i64(), frame["event"].as_str().map(str::to_owned));
        Self { seq: seq.unwrap(), name: name.unwrap(), envelope: frame }
    }

    /// The particulars.
    pub(crate) fn data(&self) -> &Value {
        &self.envelope["data"]
    }
}

impl Live {
    /// A connection that has not authenticated.
    pub(crate) fn open(address: &str) -> Result<Self, Error> {
        Self::open_on(TcpStream::connect(address)?, address)
    }

    fn open_on(stream: TcpStream, address: &str) -> Result<Self, Error> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // Small, for the sake of tests with thousands of clients.
        let config = WebSocketConfig::default().read_buffer_size(4 * 1024);
        let opened = client_with_config(format!("ws://{address}/ws"), stream, Some(config));
        let (socket, _) = opened.map_err(|error| Error::Io(std::io::Error::other(error.to_string())))?;
        Ok(Self { socket })
    }

    /// A connection that has authenticated and was told so.
    pub(crate) fn connect(address: &str, token: &str) -> Result<Self, Error> {
        Self::open(address)?.authenticated(token)
    }

    /// Like [`connect`](Self::connect), by a client that lets the kernel keep little for it: when it stops reading, the
    /// server soon feels it.
    pub(crate) fn connect_narrow(address: &str, token: &str) -> Result<Self, Error> {
        let socket =
            rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None).map_err(std::io::Error::from)?;
        set_socket_recv_buffer_size(&socket, 4 * 1024).map_err(std::io::Error::from)?;
        let remote: SocketAddr = address.parse().unwrap();
        rustix::net::connect(&socket, &remote).map_err(std::io::Error::from)?;
        Self::open_on(socket.into(), address)?.authenticated(token)
    }

    fn authenticated(mut self, token: &str) -> Result<Self, Error> {
        self.send(&json!({"type": "auth", "token": token}))?;
        match self.receive(PATIENCE)? {
            Received::Frame(frame) if frame["type"] == "ready" => Ok(self),
            other => Err(Error::Io(std::io::Error::other(format!("not ready: {other:?}")))),
        }
    }

    /// Sends a frame of the protocol.
    pub(crate) fn send(&mut self, frame: &Value) -> Result<(), Error> {
        self.socket.send(Message::text(frame.to_string()))
    }

    /// Subscribes, from after `since` where it is given, and answers from where the server begins.
    pub(crate) fn try_subscribe(&mut self, topics: &[&str], since: Option<i64>) -> Result<i64, Error> {
        let mut frame = json!({"type": "subscribe", "topics": topics});
        if let Some(since) = since {
            frame["since"] = since.into();
        }
        self.send(&frame)?;
        match self.receive(PATIENCE)? {
            Received::Frame(frame) if frame["type"] == "subscribed" => Ok(frame["from"].as_i64().unwrap()),
            other => Err(Error::Io(std::io::Error::other(format!("not subscribed: {other:?}")))),
        }
    }

    /// Subscribes; see [`try_subscribe`](Self::try_subscribe).
    #[track_caller]
    pub(crate) fn subscribe(&mut self, topics: &[&str], since: Option<i64>) -> i64 {
        self.try_subscribe(topics, since).unwrap()
    }

    /// The next frame, if one comes within `time`.
    pub(crate) fn receive(&mut self, time: Duration) -> Result<Received, Error> {
        let deadline = Instant::now() + time;
        loop {
            let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            self.socket.get_ref().set_read_timeout(Some(left))?;
            match self.socket.read() {
                Ok(Message::Text(text)) => return Ok(Received::Frame(serde_json::from_str(&text).unwrap())),
                Ok(Message::Close(frame)) => {
                    return Ok(Received::Closed(frame.map(|CloseFrame { code, .. }| code.into())));
                }
                Ok(_) => {}
                Err(Error::Io(error)) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if Instant::now() >= deadline {
                        return Ok(Received::Nothing);
                    }
                }
                Err(Error::ConnectionClosed | Error::AlreadyClosed) => return Ok(Received::Closed(None)),
                Err(error) => return Err(error),
            }
        }
    }

    /// The next event, if one comes within `time`.
    pub(crate) fn event_within(&mut self, time: Duration) -> Result<Option<Event>, Error> {
        match self.receive(time)? {
            Received::Frame(frame) if frame["type"] == "event" => Ok(Some(Event::from_frame(frame))),
            Received::Nothing => Ok(None),
            other => Err(Error::Io(std::io::Error::other(format!("not an event: {other:?}")))),
        }
    }

    /// The next event.
    #[track_caller]
    pub(crate) fn event(&mut self) -> Event {
        self.event_within(PATIENCE).unwrap().expect("an event")
    }

    /// The events up to and with the first that `last` accepts.
    #[track_caller]
    pub(crate) fn events_until(&mut self, mut last: impl FnMut(&Event) -> bool) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            let event = self.event();
            let done = last(&event);
            events.push(event);
            if done {
                return events;
            }
        }
    }

    /// The events up to and with the first of this name.
    #[track_caller]
    pub(crate) fn events_until_named(&mut self, name: &str) -> Vec<Event> {
        self.events_until(|event| event.name == name)
    }

    /// Reads on until the connection ends and answers the close code, where one was sent.
    pub(crate) fn close_code(&mut self) -> Option<u16> {
        let mut told = None;
        loop {
            match self.receive(PATIENCE) {
                Ok(Received::Frame(_)) => {}
                Ok(Received::Closed(Some(code))) => told = Some(code),
                Ok(Received::Closed(None)) | Err(_) => return told,
                Ok(Received::Nothing) => panic!("the connection stays open, told to close with {told:?}"),
            }
        }
    }

    /// The connection beneath, to misuse it.
    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        self.socket.get_mut()
    }

    /// The client without its manners, for who reads many at once.
    pub(crate) fn into_socket(self) -> WebSocket<TcpStream> {
        self.socket
    }
}
