//! What reading a request would take, told without a request: so that what is documented is what is read.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// One member of a body, or one parameter of a query.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be there.
    pub required: bool,
    /// Makes the schema of its value.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
}

impl Member {
    /// A member that may be absent.
    #[must_use]
    pub fn optional<T: JsonSchema>(name: &'static str) -> Self {
        Self { name, required: false, schema: SchemaGenerator::subschema_for::<T> }
    }

    /// Says that it must be there.
    pub fn require(&mut self) {
        self.required = true;
    }
}
