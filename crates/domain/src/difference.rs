//! Telling an update: which fields it changed, from what to what.

use serde::Serialize;
use serde_json::{Map, Value};

/// What differs between two states of a record, field by field, in the order of the record.
#[derive(Default)]
pub(crate) struct Difference {
    pub(crate) fields: Vec<&'static str>,
    pub(crate) changes: Map<String, Value>,
}

impl Difference {
    /// Sets `current` to `wanted`, if that is given and different, and notes both.
    pub(crate) fn set<T: PartialEq + Serialize>(&mut self, field: &'static str, current: &mut T, wanted: Option<T>) {
        let Some(wanted) = wanted.filter(|wanted| wanted != current) else {
            return;
        };
        let old = std::mem::replace(current, wanted);
        self.fields.push(field);
        self.changes.insert(field.to_owned(), serde_json::json!([old, current]));
    }
}
