//! The parameters of a query, taken one by one. Whatever is wrong with any of them is told at once.

use std::fmt::Display;

use actix_web::{HttpRequest, web};
use serde::de::DeserializeOwned;
use showrunner_domain::{Limit, Line};
use showrunner_web::Problem;

use crate::refusals::Refusals;
use crate::{cursor, parse};

/// The parameters that were not taken yet, and what was wrong with the others.
pub(crate) struct Query {
    parameters: Vec<(String, String)>,
    refusals: Refusals,
}

impl Query {
    /// Begins to take from the query of `request`.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let parameters = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map_err(|_| Problem::malformed("The query must be of the form `name=value&name=value`."))?
            .into_inner();
        Ok(Self { parameters, refusals: Refusals::default() })
    }

    /// A parameter that may be absent, and must not be given twice.
    pub(crate) fn take<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
        let place = self.parameters.iter().position(|(given, _)| given == name)?;
        let (_, value) = self.parameters.swap_remove(place);
        let given = self.parameters.len();
        self.parameters.retain(|(given, _)| given != name);
        if self.parameters.len() < given {
            self.refusals.refuse(name, "must be given once only");
            return None;
        }
        self.refusals.note(name, parse(&value))
    }

    /// One line of text.
    pub(crate) fn line<const MAX: usize>(&mut self, name: &str) -> Option<Line<MAX>> {
        self.take(name, |text| Line::parse(text))
    }

    /// A switch, off unless it is `true`.
    pub(crate) fn switch(&mut self, name: &str) -> bool {
        self.take(name, parse::boolean).unwrap_or_default()
    }

    /// The parameter `limit`.
    pub(crate) fn limit(&mut self) -> Limit {
        self.take("limit", |text| parse::whole(text).and_then(Limit::parse)).unwrap_or_default()
    }

    /// The parameter `cursor`: the place where an earlier page ended.
    pub(crate) fn cursor<After: DeserializeOwned>(&mut self) -> Result<Option<After>, Problem> {
        let text = self.take("cursor", |text| Ok::<_, std::convert::Infallible>(text.to_owned()));
        text.map(|text| cursor::decode(&text)).transpose()
    }

    /// Refuses what is left, which nobody asked for, together with everything that was wrong.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in &self.parameters {
            self.refusals.refuse(name, "is not a known parameter");
        }
        self.refusals.finish()
    }
}

/// Refuses any parameter.
pub(crate) fn none(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() { Ok(()) } else { Query::of(request)?.finish() }
}
