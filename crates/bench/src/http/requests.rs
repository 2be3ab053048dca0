//! The requests that benchmarks are made of, as bytes.

use std::cell::Cell;
use std::io::Write as _;
use std::net::SocketAddr;

/// Episode numbers start again here: a benchmark may need more than there are.
const NUMBERS: usize = 1_000_000;

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Whether the process runs: what the web framework, the network and the client cost by themselves.
    Noop,
    /// One episode with those who view it, another one each time.
    Get,
    /// The first page of 20 episodes.
    List,
    /// A new title for an episode, another one each time.
    Update,
    /// A new episode.
    Create,
}

/// Makes requests of one user to one server.
pub(crate) struct Requests {
    host: String,
    user: String,
    episodes: Vec<String>,
    next: Cell<usize>,
}

impl Requests {
    /// Requests by the bearer of `token`, without episodes to ask for.
    pub(crate) fn new(address: SocketAddr, token: &str) -> Self {
        let host = format!(" HTTP/1.1\r\nhost: {address}\r\n");
        let user = format!("{host}authorization: Bearer {token}\r\n");
        Self { host, user, episodes: Vec::new(), next: Cell::new(0) }
    }

    /// The same, with the ids of episodes to read and to update in turn.
    pub(crate) fn about(self, episodes: Vec<String>) -> Self {
        Self { episodes, ..self }
    }

    /// Puts the next request of this kind into `out`, and nothing else.
    pub(crate) fn write(&self, kind: Kind, out: &mut Vec<u8>) {
        let number = self.next.get();
        self.next.set(number + 1);
        match kind {
            Kind::Noop => self.livez(out),
            Kind::Get => self.get(&["/api/v1/episodes/", self.episode(number)], out),
            Kind::List => self.get(&["/api/v1/episodes?limit=20"], out),
            Kind::Update => {
                let path = ["/api/v1/episodes/", self.episode(number)];
                self.send("PATCH", &path, &format!(r#"{{"title":"Renamed {number}"}}"#), out);
            }
            Kind::Create => self.create(&format!("Bench episode {number}"), number, out),
        }
    }

    /// Puts a request for a path with the token into `out`.
    pub(crate) fn get(&self, path: &[&str], out: &mut Vec<u8>) {
        start("GET", path, out);
        out.extend_from_slice(self.user.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    /// Puts a request that posts JSON to a path into `out`.
    pub(crate) fn post(&self, path: &[&str], body: &str, out: &mut Vec<u8>) {
        self.send("POST", path, body, out);
    }

    /// Puts a request for a new episode of this title into `out`, as long as a real one.
    pub(crate) fn create(&self, title: &str, number: usize, out: &mut Vec<u8>) {
        let body = format!(
            r#"{{"title":"{title}","episode_number":{},"season_number":2,"description":"A description of some length, to be a plausible row in the table","status":"draft","categories":["drama","fashion"]}}"#,
            number % NUMBERS
        );
        self.send("POST", &["/api/v1/episodes"], &body, out);
    }

    fn livez(&self, out: &mut Vec<u8>) {
        start("GET", &["/livez"], out);
        out.extend_from_slice(self.host.as_bytes());
        out.extend_from_slice(b"\r\n");
    }

    fn send(&self, method: &str, path: &[&str], body: &str, out: &mut Vec<u8>) {
        start(method, path, out);
        out.extend_from_slice(self.user.as_bytes());
        let length = body.len();
        // Writing into memory does not fail.
        let _ = write!(out, "content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}");
    }

    fn episode(&self, number: usize) -> &str {
        &self.episodes[number % self.episodes.len()]
    }
}

impl Kind {
    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Noop => "noop",
            Self::Get => "get",
            Self::List => "list",
            Self::Update => "update",
            Self::Create => "create",
        }
    }

    /// The status of a good answer.
    pub(crate) fn status(self) -> u16 {
        if self == Self::Create { 201 } else { 200 }
    }
}

fn start(method: &str, path: &[&str], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(method.as_bytes());
    out.push(b' ');
    for part in path {
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(requests: &Requests, kind: Kind) -> String {
        let mut out = b"left over".to_vec();
        requests.write(kind, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn requests_take_episodes_in_turn_and_carry_the_token() {
        let requests = Requests::new(([127, 0, 0, 1], 1).into(), "t").about(vec!["a".into(), "b".into()]);
        let end = " HTTP/1.1\r\nhost: 127.0.0.1:1\r\nauthorization: Bearer t\r\n\r\n";
        for id in ["a", "b", "a"] {
            assert_eq!(written(&requests, Kind::Get), format!("GET /api/v1/episodes/{id}{end}"));
        }
        assert!(written(&requests, Kind::Update).starts_with("PATCH /api/v1/episodes/b HTTP/1.1\r\n"));
        assert_eq!(written(&requests, Kind::Noop), "GET /livez HTTP/1.1\r\nhost: 127.0.0.1:1\r\n\r\n");
    }

    #[test]
    fn a_body_is_json_of_the_length_that_is_told() {
        let requests = Requests::new(([127, 0, 0, 1], 1).into(), "t");
        let text = written(&requests, Kind::Create);
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("content-length: {}", body.len())), "{head}");
        let episode: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(episode["title"], "Bench episode 0");
    }
}
