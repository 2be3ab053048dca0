//! A client that reads an answer as it comes, byte for byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};

use crate::server::PATIENCE;

/// What the log is streamed by.
pub(crate) const ACCEPT: &str = "accept: text/event-stream";

/// An answer whose head has come.
pub(crate) struct EventStream {
    socket: BufReader<TcpStream>,
    /// The status code.
    pub(crate) status: u16,
    head: Vec<String>,
    /// What has come of the body and was not asked for yet.
    unread: String,
}

impl EventStream {
    /// Sends a request of `headers` to `/api/v1/events` with this query, and takes the answer's head.
    pub(crate) fn request(address: SocketAddr, method: &str, query: &str, headers: &[&str]) -> Self {
        let mut socket = TcpStream::connect(address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let host = format!("host: {address}");
        let line = format!("{method} /api/v1/events{query} HTTP/1.1");
        let request = [&[line.as_str(), &host], headers, &["", ""]].concat().join("\r\n");
        socket.write_all(request.as_bytes()).unwrap();
        let mut stream = Self { socket: BufReader::new(socket), status: 0, head: Vec::new(), unread: String::new() };
        let status = stream.line().unwrap();
        stream.status = status.split(' ').nth(1).unwrap().parse().unwrap();
        stream.head = std::iter::from_fn(|| stream.line().filter(|line| !line.is_empty())).collect();
        stream
    }

    /// The client's end of the connection.
    pub(crate) fn address(&self) -> SocketAddr {
        self.socket.get_ref().local_addr().unwrap()
    }

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.iter().filter_map(|line| line.split_once(": "));
        fields.filter(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }

    /// All of a body of known length.
    pub(crate) fn body(&mut self) -> String {
        let mut body = vec![0; self.header("content-length").unwrap().parse().unwrap()];
        self.socket.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }

    /// The next record or comment, without the empty line that closes it; none when the stream ends.
    pub(crate) fn next(&mut self) -> Option<String> {
        loop {
            if let Some((record, rest)) = self.unread.split_once("\n\n") {
                let record = record.to_owned();
                self.unread = rest.to_owned();
                return Some(record);
            }
            let chunk = self.chunk();
            if chunk.is_empty() {
                assert_eq!(self.unread, "", "the stream ends within a record");
                return None;
            }
            self.unread.push_str(&chunk);
        }
    }

    /// The next record, which must be an event: its place.
    pub(crate) fn next_event(&mut self) -> u64 {
        let record = self.next().expect("an event");
        let (id, rest) = record.split_once('\n').unwrap();
        assert!(rest.starts_with("event: episode_updated\ndata: {"), "{record}");
        let (seq, _) = id.strip_prefix("id: ").unwrap().split_once(':').expect("the place and the event");
        seq.parse().unwrap()
    }

    /// Whether the server has closed the connection.
    pub(crate) fn is_at_the_end(&mut self) -> bool {
        self.socket.read(&mut [0]).unwrap() == 0
    }

    fn chunk(&mut self) -> String {
        let length = usize::from_str_radix(&self.line().expect("a chunk"), 16).unwrap();
        let mut chunk = vec![0; length];
        self.socket.read_exact(&mut chunk).unwrap();
        assert_eq!(self.line().as_deref(), Some(""));
        String::from_utf8(chunk).unwrap()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.socket.read_line(&mut line).unwrap();
        line.strip_suffix("\r\n").map(str::to_owned)
    }
}
