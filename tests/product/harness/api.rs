//! An HTTP client, as small as the tests need it.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{HeaderMap, Method, Request};
use ureq::{Agent, Error};

/// How large an answer may be.
const MOST: u64 = 64 * 1024 * 1024;

/// An HTTP client of one user at one server.
#[derive(Clone)]
pub(crate) struct Api {
    agent: Agent,
    address: String,
    token: String,
}

/// What the server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// The headers.
    pub(crate) headers: HeaderMap,
    /// The body; null where there is no JSON.
    pub(crate) body: Value,
    /// The body as it came.
    pub(crate) bytes: Raw,
}

/// Bytes, of which a failing test says no more than how many there are.
pub(crate) struct Raw(pub(crate) Vec<u8>);

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Api {
    /// A client of whatever answers at `address`, for the user of `token`.
    pub(crate) fn new(address: &str, token: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_idle_age(Duration::from_secs(2))
            .timeout_global(Some(super::PATIENCE));
        let agent = config.build().new_agent();
        Self { agent, address: address.to_owned(), token: token.to_owned() }
    }

    /// Sends a request with just the headers and the body given, besides the token; an error means that no answer came.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, Error> {
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("http://{}{path}", self.address));
        if !self.token.is_empty() {
            request = request.header("authorization", format!("Bearer {}", self.token));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut response = match method {
            "GET" | "DELETE" if body.is_empty() => self.agent.run(request.body(()).unwrap())?,
            _ => self.agent.run(request.body(body).unwrap())?,
        };
        let bytes = response.body_mut().with_config().limit(MOST).read_to_vec()?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes: Raw(bytes),
        })
    }

    /// Sends a JSON body, or none where it is null.
    pub(crate) fn try_json(&self, method: &str, path: &str, body: &Value) -> Result<Answer, Error> {
        if body.is_null() {
            return self.send(method, path, &[], b"");
        }
        self.send(method, path, &[("content-type", "application/json")], body.to_string().as_bytes())
    }

    /// GET.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.try_json("GET", path, &Value::Null).unwrap()
    }

    /// POST of JSON.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.try_json("POST", path, body).unwrap()
    }

    /// PUT of JSON.
    #[track_caller]
    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        self.try_json("PUT", path, body).unwrap()
    }

    /// Uploads a file of this name and answers its record.
    #[track_caller]
    pub(crate) fn upload(&self, name: &str, bytes: &[u8]) -> Value {
        let answer = self.send("POST", &format!("/api/v1/files?name={name}"), &[], bytes).unwrap();
        assert_eq!(answer.status, 201, "{name}: {answer:?}");
        answer.body["data"].clone()
    }

    /// The bytes of a file.
    #[track_caller]
    pub(crate) fn content(&self, file: &str) -> Vec<u8> {
        let answer = self.get(&format!("/api/v1/files/{file}/content"));
        assert_eq!(answer.status, 200, "{file}: {answer:?}");
        answer.bytes.0
    }

    /// DELETE.
    #[track_caller]
    pub(crate) fn delete(&self, path: &str) -> Answer {
        self.try_json("DELETE", path, &Value::Null).unwrap()
    }

    /// Creates an episode and answers its id.
    #[track_caller]
    pub(crate) fn create(&self, title: &str, number: u32) -> String {
        let answer = self.post("/api/v1/episodes", &serde_json::json!({"title": title, "episode_number": number}));
        assert_eq!(answer.status, 201, "{answer:?}");
        episode_id(&answer)
    }
}

impl Answer {
    /// A header's text, if it is there.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The answered list.
    #[track_caller]
    pub(crate) fn list(&self) -> &[Value] {
        self.body["data"].as_array().unwrap_or_else(|| panic!("not a list: {self:?}"))
    }
}

/// The id of the answered episode.
#[track_caller]
pub(crate) fn episode_id(answer: &Answer) -> String {
    answer.body["data"]["id"].as_str().unwrap_or_else(|| panic!("no id: {answer:?}")).to_owned()
}
