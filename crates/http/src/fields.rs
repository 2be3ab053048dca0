//! The members of a JSON body, taken one by one. Whatever is wrong with any of them is told at once.

use schemars::JsonSchema;
use serde_json::{Map, Value};
use showrunner_domain::{FieldError, Invalid};
use showrunner_web::{Member, Problem, Refusals};

/// The members that were not taken yet, and what was wrong with the others.
pub(crate) struct Fields {
    source: Source,
    refusals: Refusals,
}

/// What is taken from.
enum Source {
    /// A body.
    Body(Map<String, Value>),
    /// No body: whatever would be taken is noted.
    Nothing(Vec<Member>),
}

impl Fields {
    /// Begins to take from `members`.
    pub(crate) fn of(members: Map<String, Value>) -> Self {
        Self { source: Source::Body(members), refusals: Refusals::default() }
    }

    /// The members that `take` takes. There are none to be had here: `take` finds each of them absent.
    pub(crate) fn members(take: impl FnOnce(&mut Self)) -> Vec<Member> {
        let mut fields = Self { source: Source::Nothing(Vec::new()), refusals: Refusals::default() };
        take(&mut fields);
        match fields.source {
            Source::Nothing(members) => members,
            Source::Body(_) => Vec::new(),
        }
    }

    /// The member of this name, if it is given.
    fn given<T: JsonSchema>(&mut self, name: &'static str) -> Option<Value> {
        match &mut self.source {
            Source::Body(members) => members.remove(name),
            Source::Nothing(members) => {
                members.push(Member::optional::<T>(name));
                None
            }
        }
    }

    /// A field that may be absent but not `null`.
    pub(crate) fn value<T: JsonSchema>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(Value) -> Result<T, Invalid>,
    ) -> Option<T> {
        let value = self.given::<T>(name)?;
        self.refusals.note(name, parse(value))
    }

    /// A field that must be there.
    pub(crate) fn required<T: JsonSchema>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(Value) -> Result<T, Invalid>,
    ) -> Option<T> {
        let value = self.needed::<T>(name)?;
        self.refusals.note(name, parse(value))
    }

    /// The member of this name, which must be given.
    fn needed<T: JsonSchema>(&mut self, name: &'static str) -> Option<Value> {
        let value = self.given::<T>(name);
        match &mut self.source {
            Source::Body(_) if value.is_none() => self.refusals.refuse(name, "is missing"),
            Source::Body(_) => {}
            Source::Nothing(members) => members.iter_mut().last().into_iter().for_each(Member::require),
        }
        value
    }

    /// A field that may be absent, and that `null` empties.
    #[expect(clippy::option_option, reason = "the domain's patches tell absent, empty and given apart in this way")]
    pub(crate) fn nullable<T: JsonSchema>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(Value) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        match self.given::<Option<T>>(name)? {
            Value::Null => Some(None),
            value => self.refusals.note(name, parse(value)).map(Some),
        }
    }

    /// A field that holds others within it, and may be absent. `parse` says what is wrong with any of them, each with its path.
    pub(crate) fn tree<T: JsonSchema>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(Value) -> Result<T, Vec<FieldError>>,
    ) -> Option<T> {
        let value = self.given::<T>(name)?;
        let errors = match parse(value) {
            Ok(parsed) => return Some(parsed),
            Err(errors) => errors,
        };
        for error in errors {
            self.refusals.refuse(&error.field, error.message);
        }
        None
    }

    /// A list that may be absent but not `null`. Wrong items are named by their place, as in `categories[2]`.
    pub(crate) fn list<I, T: JsonSchema>(
        &mut self,
        name: &'static str,
        item: impl Fn(Value) -> Result<I, Invalid>,
        list: impl FnOnce(Vec<I>) -> Result<T, Invalid>,
    ) -> Option<T> {
        let value = self.given::<T>(name)?;
        self.items(name, value, item, list)
    }

    /// A list that must be there.
    pub(crate) fn required_list<I, T: JsonSchema>(
        &mut self,
        name: &'static str,
        item: impl Fn(Value) -> Result<I, Invalid>,
        list: impl FnOnce(Vec<I>) -> Result<T, Invalid>,
    ) -> Option<T> {
        let value = self.needed::<T>(name)?;
        self.items(name, value, item, list)
    }

    fn items<I, T>(
        &mut self,
        name: &'static str,
        value: Value,
        item: impl Fn(Value) -> Result<I, Invalid>,
        list: impl FnOnce(Vec<I>) -> Result<T, Invalid>,
    ) -> Option<T> {
        let Value::Array(values) = value else {
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
        if let Source::Body(members) = &self.source {
            for name in members.keys() {
                self.refusals.refuse(name, "is not a known field");
            }
        }
        self.refusals.finish()
    }
}

/// What `take` takes of `members`, which hold nothing else.
///
/// # Errors
/// A problem that names every member that is wrong, missing or unknown.
pub(crate) fn read<T>(members: Map<String, Value>, take: impl FnOnce(&mut Fields) -> T) -> Result<T, Problem> {
    let mut fields = Fields::of(members);
    let taken = take(&mut fields);
    fields.finish()?;
    Ok(taken)
}

/// Like [`read`], where what `take` takes is nothing unless every required field is there.
pub(crate) fn complete<T>(
    members: Map<String, Value>,
    take: impl FnOnce(&mut Fields) -> Option<T>,
) -> Result<T, Problem> {
    let taken = read(members, take)?;
    Ok(taken.unwrap_or_else(|| unreachable!("a required field that is not there was refused")))
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

/// A JSON object.
pub(crate) fn object(value: Value) -> Result<Map<String, Value>, Invalid> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Invalid::Malformed { expected: "an object" }),
    }
}

/// `true` or `false`.
#[expect(clippy::needless_pass_by_value, reason = "it is handed on as the other readers of values are")]
pub(crate) fn boolean(value: Value) -> Result<bool, Invalid> {
    value.as_bool().ok_or(Invalid::Malformed { expected: "true or false" })
}

/// Any JSON number.
pub(crate) fn number(value: Value) -> Result<f64, Invalid> {
    match value {
        Value::Number(number) => number.as_f64(),
        _ => None,
    }
    .ok_or(Invalid::Malformed { expected: "a number" })
}
