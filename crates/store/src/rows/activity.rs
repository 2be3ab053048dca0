//! Activities as rows.

use diesel::prelude::*;
use serde_json::Value;
use showrunner_domain::activity::{Activity, ActivityAction, ActivityId};
use showrunner_domain::event::Audience;
use showrunner_domain::fold;
use showrunner_domain::identity::UserId;

use super::{Place, Weight};
use crate::failure::Failure;
use crate::schema::activities;
use crate::types::{DbId, DbInstant, DbJson};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = activities, treat_none_as_default_value = false)]
pub(crate) struct ActivityRow {
    id: DbId,
    seq: i64,
    user_id: Option<DbId>,
    user_name: String,
    action: String,
    resource_type: String,
    resource_id: DbId,
    resource_name: String,
    resource_name_folded: String,
    metadata: DbJson,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<String>,
    created_at: DbInstant,
    audience: String,
}

impl Weight for Activity {
    fn weight(&self) -> usize {
        serde_json::to_string(&self.metadata).map_or(0, |text| text.len())
    }
}

impl From<&Activity> for ActivityRow {
    fn from(activity: &Activity) -> Self {
        let activity = activity.clone();
        Self {
            id: DbId(activity.id.uuid()),
            seq: activity.seq.get(),
            user_id: activity.user_id.map(|id| DbId(id.uuid())),
            user_name: activity.user_name,
            action: activity.action.as_str().to_owned(),
            resource_type: activity.resource_type,
            resource_id: DbId(activity.resource_id),
            resource_name_folded: fold(&activity.resource_name),
            resource_name: activity.resource_name,
            metadata: DbJson(Value::Object(activity.metadata)),
            ip: activity.ip,
            user_agent: activity.user_agent,
            request_id: activity.request_id,
            created_at: DbInstant(activity.created_at),
            audience: activity.audience.to_string(),
        }
    }
}

impl TryFrom<ActivityRow> for Activity {
    type Error = Failure;

    fn try_from(row: ActivityRow) -> Result<Self, Failure> {
        let at = Place { table: "activities", row: row.id.0 };
        Ok(Self {
            id: ActivityId::new(row.id.0),
            seq: at.seq(row.seq)?,
            user_id: row.user_id.map(|id| UserId::new(id.0)),
            user_name: row.user_name,
            action: at.known("action", ActivityAction::parse(&row.action))?,
            resource_type: row.resource_type,
            resource_id: row.resource_id.0,
            resource_name: row.resource_name,
            metadata: at.read("metadata", serde_json::from_value(row.metadata.0))?,
            ip: row.ip,
            user_agent: row.user_agent,
            request_id: row.request_id,
            created_at: row.created_at.0,
            audience: Audience::parse(&row.audience),
        })
    }
}
