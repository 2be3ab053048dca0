//! The frames of RFC 6455, without the messages, copies and checks of text that a usual client makes of them: a
//! thousand clients are to cost less than the server that serves them.

use std::io::{self, Cursor};

use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{Frame, FrameHeader};

use crate::BenchError;

/// What is read at once, in bytes; it grows for longer frames.
const INBOX: usize = 16 * 1024;

/// What came out of one socket and was not taken yet.
pub(super) struct Frames {
    inbox: Vec<u8>,
    start: usize,
    end: usize,
}

impl Frames {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self { inbox: vec![0; INBOX], start: 0, end: 0 }
    }

    /// Waits for more bytes.
    pub(super) async fn fill(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        self.inbox.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == self.inbox.len() {
            self.inbox.resize(self.end * 2, 0);
        }
        match stream.read(&mut self.inbox[self.end..]).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            more => {
                self.end += more;
                Ok(())
            }
        }
    }

    /// The next frame's kind and payload, if all of it is here.
    pub(super) fn next(&mut self) -> Result<Option<(OpCode, &[u8])>, BenchError> {
        let mut cursor = Cursor::new(&self.inbox[self.start..self.end]);
        let header = FrameHeader::parse(&mut cursor).map_err(|error| BenchError::Socket(error.to_string()))?;
        let Some((FrameHeader { is_final: true, mask: None, opcode, .. }, length)) = header else {
            return header.map_or(Ok(None), |_| Err(BenchError::Socket("a server's frame in pieces".to_owned())));
        };
        let start = self.start + usize::try_from(cursor.position()).unwrap_or(usize::MAX);
        let end = start.saturating_add(usize::try_from(length).unwrap_or(usize::MAX));
        if end > self.end {
            return Ok(None);
        }
        self.start = end;
        Ok(Some((opcode, &self.inbox[start..end])))
    }
}

/// A text frame of a client.
pub(super) fn text(payload: String) -> Result<Vec<u8>, BenchError> {
    masked(Frame::message(payload, OpCode::Data(Data::Text), true))
}

/// The answer to a ping.
pub(super) fn pong(payload: &[u8]) -> Result<Vec<u8>, BenchError> {
    masked(Frame::pong(payload.to_vec()))
}

/// The mask protects proxies from scripts (RFC 6455 section 10.3), of which there are none here.
fn masked(mut frame: Frame) -> Result<Vec<u8>, BenchError> {
    frame.header_mut().mask = Some([0; 4]);
    let mut bytes = Vec::with_capacity(frame.len());
    frame.format(&mut bytes).map_err(|error| BenchError::Socket(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: OpCode = OpCode::Data(Data::Text);

    fn with(bytes: &[u8]) -> Frames {
        let mut inbox = vec![0; bytes.len() + 1];
        inbox[..bytes.len()].copy_from_slice(bytes);
        Frames { inbox, start: 0, end: bytes.len() }
    }

    fn frame(payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        Frame::message(payload.to_vec(), TEXT, true).format(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn frames_of_every_length_come_out_one_by_one() {
        let payloads = [vec![b'a'; 1], vec![b'b'; 126], vec![b'c'; 70_000]];
        let mut frames = with(&payloads.iter().flat_map(|payload| frame(payload)).collect::<Vec<u8>>());
        for payload in &payloads {
            assert_eq!(frames.next().unwrap(), Some((TEXT, payload.as_slice())));
        }
        assert_eq!(frames.next().unwrap(), None);
    }

    #[test]
    fn a_part_of_a_frame_is_left_until_the_rest_comes() {
        let whole = frame(b"payload");
        for cut in 0..whole.len() {
            let mut frames = with(&whole[..cut]);
            assert_eq!(frames.next().unwrap(), None, "{cut} bytes");
            assert_eq!(frames.start, 0);
        }
    }

    #[test]
    fn a_client_masks_what_it_sends() {
        assert_eq!(text("hi".to_owned()).unwrap(), [0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
        assert_eq!(pong(b"hi").unwrap(), [0x8a, 0x82, 0, 0, 0, 0, b'h', b'i']);
    }

    #[test]
    fn what_a_server_must_not_send_is_an_error() {
        assert!(with(&text("masked".to_owned()).unwrap()).next().is_err());
        assert!(with(&[0x0f, 0]).next().is_err());
    }
}
