//! Taking the members of JSON objects within objects: whatever is wrong is told at once, each with its path.

use serde_json::{Map, Value};

use crate::{FieldError, Invalid};

/// The members of one object that were not taken yet.
pub(super) struct Members<'a> {
    path: String,
    left: Map<String, Value>,
    errors: &'a mut Vec<FieldError>,
}

/// What `read` takes of the object `value`, which stands at `path` and holds nothing else.
pub(super) fn object<T>(
    path: &str,
    value: Value,
    errors: &mut Vec<FieldError>,
    read: impl FnOnce(&mut Members<'_>) -> Option<T>,
) -> Option<T> {
    let Value::Object(members) = value else {
        errors.push(FieldError::new(path, Invalid::Malformed { expected: "an object" }));
        return None;
    };
    let mut members = Members { path: path.to_owned(), left: members, errors };
    let taken = read(&mut members);
    for name in members.left.keys() {
        members.errors.push(FieldError::new(format!("{path}.{name}"), "is not a known field"));
    }
    taken
}

impl Members<'_> {
    /// The member of this name, if it is given and holds.
    pub(super) fn value<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, Invalid>) -> Option<T> {
        let value = self.left.remove(name)?;
        read(value).map_err(|invalid| self.errors.push(FieldError::new(self.at(name), invalid))).ok()
    }

    /// Like [`Members::value`], where it must be given.
    pub(super) fn required<T>(&mut self, name: &str, read: impl FnOnce(Value) -> Result<T, Invalid>) -> Option<T> {
        if !self.left.contains_key(name) {
            self.errors.push(FieldError::new(self.at(name), "is missing"));
        }
        self.value(name, read)
    }

    /// Like [`Members::value`], where `null` empties.
    #[expect(clippy::option_option, reason = "absent, empty and given are told apart")]
    pub(super) fn nullable<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(Value) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        match self.left.get(name)? {
            Value::Null => self.left.remove(name).map(|_| None),
            _ => self.value(name, read).map(Some),
        }
    }

    /// What `read` takes of the object of this name, if it is given.
    pub(super) fn nested<T>(&mut self, name: &str, read: impl FnOnce(&mut Members<'_>) -> Option<T>) -> Option<T> {
        let value = self.left.remove(name)?;
        object(&self.at(name), value, self.errors, read)
    }

    /// Like [`Members::nested`], where `null` empties.
    #[expect(clippy::option_option, reason = "absent, empty and given are told apart")]
    pub(super) fn nullable_nested<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Members<'_>) -> Option<T>,
    ) -> Option<Option<T>> {
        match self.left.get(name)? {
            Value::Null => self.left.remove(name).map(|_| None),
            _ => self.nested(name, read).map(Some),
        }
    }

    /// Says that the member of this name is wrong.
    pub(super) fn refuse(&mut self, name: &str, reason: &str) {
        self.errors.push(FieldError::new(self.at(name), reason));
    }

    fn at(&self, name: &str) -> String {
        format!("{}.{name}", self.path)
    }
}
