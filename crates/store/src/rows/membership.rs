//! Memberships as rows.

use diesel::prelude::*;
use showrunner_domain::Line;
use showrunner_domain::identity::{Role, UserId};
use showrunner_domain::membership::Membership;
use showrunner_domain::show::ShowId;

use super::Place;
use crate::failure::Failure;
use crate::schema::show_members;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = show_members, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct MembershipRow {
    show_id: DbId,
    user_id: DbId,
    role: String,
    created_at: DbInstant,
    updated_at: DbInstant,
    version: i64,
}

impl From<&Membership> for MembershipRow {
    fn from(membership: &Membership) -> Self {
        Self {
            show_id: DbId(membership.show_id.uuid()),
            user_id: DbId(membership.user_id.uuid()),
            role: membership.role.as_str().to_owned(),
            created_at: DbInstant(membership.created_at),
            updated_at: DbInstant(membership.updated_at),
            version: membership.version.get(),
        }
    }
}

impl MembershipRow {
    /// The record, of a user of this name.
    pub(crate) fn named(self, user_name: String) -> Result<Membership, Failure> {
        let at = Place { table: "show_members", row: self.user_id.0 };
        Ok(Membership {
            show_id: ShowId::new(self.show_id.0),
            user_id: UserId::new(self.user_id.0),
            user_name: at.read("user_name", Line::parse(user_name))?,
            role: role(self.user_id, &self.role)?,
            created_at: self.created_at.0,
            updated_at: self.updated_at.0,
            version: at.version(self.version)?,
        })
    }
}

/// The role that a member's row names.
pub(crate) fn role(member: DbId, name: &str) -> Result<Role, Failure> {
    Place { table: "show_members", row: member.0 }.known("role", Role::parse(name))
}
