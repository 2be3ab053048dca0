//! The kinds of parameters that this API has.

use std::convert::Infallible;

use actix_web::HttpRequest;
use serde::de::DeserializeOwned;
use showrunner_domain::{Limit, Line};
use showrunner_web::{Problem, Query};

use crate::cursor::{self, Cursor};
use crate::parse;

/// The kinds of parameters.
pub(crate) trait Parameters {
    /// One line of text.
    fn line<const MAX: usize>(&mut self, name: &'static str) -> Option<Line<MAX>>;
    /// A switch, off unless it is `true`.
    fn switch(&mut self, name: &'static str) -> bool;
    /// The parameter `limit`.
    fn limit(&mut self) -> Limit;
    /// The parameter `cursor`: the place where an earlier page ended.
    fn cursor<After: DeserializeOwned>(&mut self) -> Option<After>;
}

impl Parameters for Query {
    fn line<const MAX: usize>(&mut self, name: &'static str) -> Option<Line<MAX>> {
        self.take(name, |text| Line::parse(text))
    }

    fn switch(&mut self, name: &'static str) -> bool {
        self.take(name, parse::boolean).unwrap_or_default()
    }

    fn limit(&mut self) -> Limit {
        self.take("limit", |text| parse::whole(text).and_then(Limit::parse)).unwrap_or_default()
    }

    fn cursor<After: DeserializeOwned>(&mut self) -> Option<After> {
        let Cursor(text) = self.take("cursor", |text| Ok::<_, Infallible>(Cursor(text.to_owned())))?;
        cursor::decode(&text).map_err(|problem| self.unreadable(problem)).ok()
    }
}

/// Whether what refers to a record is to be changed, so that it can be deleted.
pub(crate) fn force(query: &mut Query) -> bool {
    query.switch("force")
}

/// What `take` takes of the query of `request`, which holds nothing else.
pub(crate) fn read<T>(request: &HttpRequest, take: impl FnOnce(&mut Query) -> T) -> Result<T, Problem> {
    let mut query = Query::of(request)?;
    let taken = take(&mut query);
    query.finish()?;
    Ok(taken)
}

/// Refuses any parameter.
pub(crate) fn none(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() { Ok(()) } else { Query::of(request)?.finish() }
}
