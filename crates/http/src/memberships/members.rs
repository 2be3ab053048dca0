//! The field of a membership that can be given.

use showrunner_domain::identity::Role;

use crate::fields::Fields;
use crate::users::personal_role;

/// The role.
pub(super) fn given(fields: &mut Fields) -> Option<Role> {
    personal_role(fields)
}
