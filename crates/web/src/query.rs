//! The parameters of a query, taken one by one. Whatever is wrong with any of them is told at once.

use std::fmt::Display;

use actix_web::{HttpRequest, web};

use crate::{Problem, Refusals};

/// The parameters that were not taken yet, and what was wrong with the others.
pub struct Query {
    parameters: Vec<(String, String)>,
    refusals: Refusals,
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
        Ok(Self { parameters, refusals: Refusals::default() })
    }

    /// A parameter that may be absent, and must not be given twice.
    pub fn take<T, E: Display>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, E>) -> Option<T> {
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

    /// Ends the taking.
    ///
    /// # Errors
    /// A problem that names everything that was wrong, and what is left, which nobody asked for.
    pub fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in &self.parameters {
            self.refusals.refuse(name, "is not a known parameter");
        }
        self.refusals.finish()
    }
}
