//! The parameters of a query, taken one by one. Whatever is wrong with any of them is told at once.

use std::fmt::Display;

use actix_web::{HttpRequest, web};
use schemars::JsonSchema;

use crate::{Member, Problem, Refusals};

/// The parameters that were not taken yet, and what was wrong with the others.
pub struct Query {
    source: Source,
    refusals: Refusals,
    unreadable: Option<Problem>,
}

/// What is taken from.
enum Source {
    /// A request.
    Request(Vec<(String, String)>),
    /// No request: whatever would be taken is noted.
    Nothing(Vec<Member>),
}

impl Query {
    /// Begins to take from the query of `request`.
    ///
    /// # Errors
    /// A problem where it is of another form than `name=value&name=value`.
    pub fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let parameters = web::Query::<Vec<(String, String)>>::from_query(request.query_string())
            .map_err(|_| Problem::malformed("The query must be of the form `name=value&name=value`."))?
            .into_inner();
        Ok(Self { source: Source::Request(parameters), refusals: Refusals::default(), unreadable: None })
    }

    /// The parameters that `take` takes. There are none to be had here: `take` finds each of them absent.
    pub fn members(take: impl FnOnce(&mut Self)) -> Vec<Member> {
        let mut query = Self { source: Source::Nothing(Vec::new()), refusals: Refusals::default(), unreadable: None };
        take(&mut query);
        match query.source {
            Source::Nothing(members) => members,
            Source::Request(_) => Vec::new(),
        }
    }

    /// A parameter that may be absent, and must not be given twice.
    pub fn take<T: JsonSchema, E: Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let parameters = match &mut self.source {
            Source::Request(parameters) => parameters,
            Source::Nothing(members) => {
                members.push(Member::optional::<T>(name));
                return None;
            }
        };
        let place = parameters.iter().position(|(given, _)| given == name)?;
        let (_, value) = parameters.swap_remove(place);
        let given = parameters.len();
        parameters.retain(|(given, _)| given != name);
        if parameters.len() < given {
            self.refusals.refuse(name, "must be given once only");
            return None;
        }
        self.refusals.note(name, parse(&value))
    }

    /// Notes a parameter that means nothing here. It is told of once nothing else is wrong.
    pub fn unreadable(&mut self, problem: Problem) {
        self.unreadable = Some(problem);
    }

    /// Ends the taking.
    ///
    /// # Errors
    /// A problem that names everything that was wrong, and what is left, which nobody asked for.
    pub fn finish(mut self) -> Result<(), Problem> {
        if let Source::Request(parameters) = &self.source {
            for (name, _) in parameters {
                self.refusals.refuse(name, "is not a known parameter");
            }
        }
        self.refusals.finish()?;
        self.unreadable.map_or(Ok(()), Err)
    }
}
