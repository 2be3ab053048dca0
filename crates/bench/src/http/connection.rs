//! A kept connection that carries one request after the other.

use std::net::SocketAddr;

use httparse::{EMPTY_HEADER, Response, Status};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::BenchError;

/// What most answers fit into, in bytes; it grows for others.
const INBOX: usize = 32 * 1024;
/// How many headers an answer may have.
const HEADERS: usize = 32;
/// How much of an unexpected answer is told, in bytes.
const TOLD: usize = 300;
/// What a list carries whose reader of the log is behind.
const LAG: &str = "showrunner-lag";

/// A connection to the server.
pub(crate) struct Connection {
    stream: TcpStream,
    inbox: Vec<u8>,
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    /// The status code.
    pub(crate) status: u16,
    /// Whether it tells that more is still to follow from what was committed.
    pub(crate) lags: bool,
    /// The body.
    pub(crate) body: &'a [u8],
}

/// What the head of an answer tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Head {
    status: u16,
    lags: bool,
    length: usize,
    body: usize,
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self, BenchError> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, inbox: vec![0; INBOX] })
    }

    /// Sends a request and takes the answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Result<Answer<'_>, BenchError> {
        self.stream.write_all(request).await?;
        let (mut filled, mut head) = (0, None);
        loop {
            if filled == self.inbox.len() {
                self.inbox.resize(filled * 2, 0);
            }
            match self.stream.read(&mut self.inbox[filled..]).await? {
                0 => return Err(BenchError::Answer("the connection ended within it".to_owned())),
                more => filled += more,
            }
            if head.is_none() {
                head = Head::read(&self.inbox[..filled])?;
            }
            if let Some(Head { status, lags, length, body }) = head
                && filled >= body + length
            {
                if filled > body + length {
                    return Err(BenchError::Answer("more came than was asked for".to_owned()));
                }
                return Ok(Answer { status, lags, body: &self.inbox[body..filled] });
            }
        }
    }

    /// The connection itself, for another protocol.
    pub(crate) fn into_stream(self) -> TcpStream {
        self.stream
    }
}

impl Answer<'_> {
    /// The answer, if it has the `expected` status; otherwise an error that names what was `asked`.
    pub(crate) fn expect(self, expected: u16, asked: &str) -> Result<Self, BenchError> {
        if self.status == expected {
            return Ok(self);
        }
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(TOLD)]).into_owned();
        Err(BenchError::Status { asked: asked.to_owned(), status: self.status, body })
    }
}

impl Head {
    /// Reads the head, once all of it is there.
    fn read(bytes: &[u8]) -> Result<Option<Self>, BenchError> {
        let mut headers = [EMPTY_HEADER; HEADERS];
        let mut response = Response::new(&mut headers);
        let parsed = response.parse(bytes).map_err(|error| BenchError::Answer(error.to_string()))?;
        let (Status::Complete(body), Some(status)) = (parsed, response.code) else {
            return Ok(None);
        };
        let value = |name: &str| response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        let length = value("content-length").and_then(|header| str::from_utf8(header.value).ok()?.parse().ok());
        let length = if has_no_body(status) { Some(0) } else { length };
        let length = length.ok_or_else(|| BenchError::Answer("it has no length".to_owned()))?;
        Ok(Some(Self { status, lags: value(LAG).is_some(), length, body }))
    }
}

/// RFC 9110 section 6.4.1.
fn has_no_body(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 304)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_all_of_it_is_there() {
        let text = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nShowrunner-Lag: 3\r\n\r\nbody";
        assert_eq!(Head::read(&text[..30]).unwrap(), None);
        let body = text.len() - 4;
        assert_eq!(Head::read(text).unwrap(), Some(Head { status: 200, lags: true, length: 4, body }));
    }

    #[test]
    fn an_answer_that_could_not_be_told_from_the_next_is_an_error() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(Head::read(b"SSH-2.0\r\n\r\n").is_err());
        assert_eq!(Head::read(b"HTTP/1.1 101 Switching Protocols\r\n\r\n").unwrap().unwrap().length, 0);
    }

    #[test]
    fn an_unexpected_status_says_what_was_asked_and_what_came() {
        let answer = || Answer { status: 422, lags: false, body: br#"{"code":"VALIDATION_FAILED"}"# };
        assert_eq!(answer().expect(422, "create").unwrap(), answer());
        let error = answer().expect(201, "create").unwrap_err().to_string();
        assert_eq!(error, r#"create was answered by 422: {"code":"VALIDATION_FAILED"}"#);
    }
}
