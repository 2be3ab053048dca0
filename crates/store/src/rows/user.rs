//! Users as rows.

use diesel::prelude::*;
use showrunner_domain::Line;
use showrunner_domain::identity::{Email, Role, User, UserId};

use super::Place;
use crate::failure::Failure;
use crate::schema::users;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct UserRow {
    id: DbId,
    email: String,
    name: String,
    role: String,
    created_at: DbInstant,
    updated_at: DbInstant,
    version: i64,
}

impl From<&User> for UserRow {
    fn from(user: &User) -> Self {
        Self {
            id: DbId(user.id.uuid()),
            email: user.email.to_string(),
            name: user.name.to_string(),
            role: user.role.as_str().to_owned(),
            created_at: DbInstant(user.created_at),
            updated_at: DbInstant(user.updated_at),
            version: user.version.get(),
        }
    }
}

impl TryFrom<UserRow> for User {
    type Error = Failure;

    fn try_from(row: UserRow) -> Result<Self, Failure> {
        let at = Place { table: "users", row: row.id.0 };
        Ok(Self {
            id: UserId::new(row.id.0),
            email: at.read("email", Email::parse(&row.email))?,
            name: at.read("name", Line::parse(row.name))?,
            role: at.known("role", Role::parse(&row.role))?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: at.version(row.version)?,
        })
    }
}
