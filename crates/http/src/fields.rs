//! The members of a JSON body, taken one by one. Whatever is wrong with any of them is told at once.

use serde_json::{Map, Value};
use showrunner_domain::Invalid;
use showrunner_web::{Problem, Refusals};

/// The members that were not taken yet, and what was wrong with the others.
pub(crate) struct Fields {
    members: Map<String, Value>,
    refusals: Refusals,
}

impl Fields {
    /// Begins to take from `members`.
    pub(crate) fn of(members: Map<String, Value>) -> Self {
        Self { members, refusals: Refusals::default() }
    }

    /// A field that may be absent but not `null`.
    pub(crate) fn value<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, Invalid>) -> Option<T> {
        let value = self.members.remove(name)?;
        self.refusals.note(name, parse(value))
    }

    /// A field that must be there.
    pub(crate) fn required<T>(&mut self, name: &str, parse: impl FnOnce(Value) -> Result<T, Invalid>) -> Option<T> {
        if !self.members.contains_key(name) {
            self.refusals.refuse(name, "is missing");
        }
        self.value(name, parse)
    }

    /// A field that may be absent, and that `null` empties.
    #[expect(clippy::option_option, reason = "the domain's patches tell absent, empty and given apart in this way")]
    pub(crate) fn nullable<T>(
        &mut self,
        name: &str,
        parse: impl FnOnce(Value) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        match self.members.remove(name)? {
            Value::Null => Some(None),
            value => self.refusals.note(name, parse(value)).map(Some),
        }
    }

    /// A list that may be absent but not `null`. Wrong items are named by their place, as in `categories[2]`.
    pub(crate) fn list<I, T>(
        &mut self,
        name: &str,
        item: impl Fn(Value) -> Result<I, Invalid>,
        list: impl FnOnce(Vec<I>) -> Result<T, Invalid>,
    ) -> Option<T> {
        let Value::Array(values) = self.members.remove(name)? else {
            self.refusals.refuse(name, "must be a list");
            return None;
        };
        let count = values.len();
        let named = |(place, value)| self.refusals.note(&format!("{name}[{place}]"), item(value));
        let items: Vec<I> = values.into_iter().enumerate().filter_map(named).collect();
        if items.len() == count { self.refusals.note(name, list(items)) } else { None }
    }

    /// Refuses what is left, which nobody asked for, together with everything that was wrong.
    pub(crate) fn finish(mut self) -> Result<(), Problem> {
        for name in self.members.keys() {
            self.refusals.refuse(name, "is not a known field");
        }
        self.refusals.finish()
    }
}

/// A JSON string.
pub(crate) fn text(value: Value) -> Result<String, Invalid> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(Invalid::Malformed { expected: "a string" }),
    }
}

/// A JSON number without fraction and exponent; those beyond 64 bits are out of every range.
pub(crate) fn integer(value: Value) -> Result<i64, Invalid> {
    match value {
        Value::Number(number) => number.as_i64().or(number.is_u64().then_some(i64::MAX)),
        _ => None,
    }
    .ok_or(Invalid::Malformed { expected: "a whole number" })
}

/// Any JSON number.
pub(crate) fn number(value: Value) -> Result<f64, Invalid> {
    match value {
        Value::Number(number) => number.as_f64(),
        _ => None,
    }
    .ok_or(Invalid::Malformed { expected: "a number" })
}
