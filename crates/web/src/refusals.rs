//! Everything that is wrong with a request's fields, gathered before it is refused.

use std::fmt::Display;

use crate::Problem;
use showrunner_domain::FieldError;

/// How many errors one answer names: a body of nothing but mistakes must not make a far larger answer.
const MOST: usize = 100;
/// How much of an unknown name is repeated, in characters.
const NAME_CHARACTERS: usize = 80;

/// The errors so far.
#[derive(Default)]
pub struct Refusals(Vec<FieldError>);

impl Refusals {
    /// The value, or its reason noted under `field`.
    pub fn note<T, E: Display>(&mut self, field: &str, parsed: Result<T, E>) -> Option<T> {
        parsed.map_err(|reason| self.refuse(field, reason)).ok()
    }

    /// Notes that `field` is wrong because of `reason`.
    pub fn refuse(&mut self, field: &str, reason: impl Display) {
        if self.0.len() < MOST {
            self.0.push(FieldError::new(field.chars().take(NAME_CHARACTERS).collect::<String>(), reason));
        }
    }

    /// Answers whether the request may be carried out.
    ///
    /// # Errors
    /// A problem that names all errors, where there are any.
    pub fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid(self.0)) }
    }
}
