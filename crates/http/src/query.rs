//! The kinds of parameters that this API has.

use actix_web::HttpRequest;
use serde::de::DeserializeOwned;
use showrunner_domain::{Limit, Line};
use showrunner_web::{Problem, Query};

use crate::{cursor, parse};

/// The kinds of parameters.
pub(crate) trait Parameters {
    /// One line of text.
    fn line<const MAX: usize>(&mut self, name: &str) -> Option<Line<MAX>>;
    /// A switch, off unless it is `true`.
    fn switch(&mut self, name: &str) -> bool;
    /// The parameter `limit`.
    fn limit(&mut self) -> Limit;
    /// The parameter `cursor`: the place where an earlier page ended.
    fn cursor<After: DeserializeOwned>(&mut self) -> Result<Option<After>, Problem>;
}

impl Parameters for Query {
    fn line<const MAX: usize>(&mut self, name: &str) -> Option<Line<MAX>> {
        self.take(name, |text| Line::parse(text))
    }

    fn switch(&mut self, name: &str) -> bool {
        self.take(name, parse::boolean).unwrap_or_default()
    }

    fn limit(&mut self) -> Limit {
        self.take("limit", |text| parse::whole(text).and_then(Limit::parse)).unwrap_or_default()
    }

    fn cursor<After: DeserializeOwned>(&mut self) -> Result<Option<After>, Problem> {
        let text = self.take("cursor", |text| Ok::<_, std::convert::Infallible>(text.to_owned()));
        text.map(|text| cursor::decode(&text)).transpose()
    }
}

/// Refuses any parameter.
pub(crate) fn none(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() { Ok(()) } else { Query::of(request)?.finish() }
}
