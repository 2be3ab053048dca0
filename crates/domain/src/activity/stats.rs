//! How much was done: by action, by kind of record, by user and by day.
//!
//! The feed's reader counts while it writes, so that asking costs as much as there are days and users, not as much as
//! was ever done.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;

use super::{Activity, ActivityAction};
use crate::event::Audience;
use crate::identity::{UserId, Visibility};
use crate::{FieldError, Line, ServiceError};

/// How many days an answer covers where nothing else is asked for.
const USUAL_DAYS: u64 = 30;
/// How many days an answer covers at most.
const MOST_DAYS: i64 = 366;

/// How many activities of one kind and audience a user had on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityTally {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// Who may learn of them.
    pub audience: Audience,
    /// What was done.
    pub action: ActivityAction,
    /// To what kind of record.
    pub resource_type: String,
    /// By whom; `None` for the system itself.
    pub user_id: Option<UserId>,
    /// How they were called last.
    pub user_name: String,
    /// How often.
    pub count: u64,
}

impl ActivityTally {
    /// Counts `activities`: one tally for each day, audience, action, kind of record and user, in that order.
    #[must_use]
    pub fn of(activities: &[Activity]) -> Vec<Self> {
        let mut tallies: BTreeMap<_, Self> = BTreeMap::new();
        for activity in activities {
            let Activity { action, resource_type, user_id, user_name, audience, .. } = activity;
            let day = activity.created_at.day();
            let key = (day, *audience, action.as_str(), resource_type, *user_id);
            let tally = tallies.entry(key).or_insert_with(|| Self {
                day,
                audience: *audience,
                action: *action,
                resource_type: resource_type.clone(),
                user_id: *user_id,
                user_name: String::new(),
                count: 0,
            });
            tally.count += 1;
            tally.user_name.clone_from(user_name);
        }
        tallies.into_values().collect()
    }
}

/// Which activities are counted: those that fulfil everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatsQuery {
    /// What of the feed may be seen at all.
    pub visible: Visibility,
    /// From this day on, in UTC; by default the thirtieth before the last.
    pub from: Option<NaiveDate>,
    /// Up to this day, in UTC; by default today.
    pub to: Option<NaiveDate>,
    /// Of this user.
    pub user_id: Option<UserId>,
    /// Of this action.
    pub action: Option<ActivityAction>,
    /// On this kind of record.
    pub resource_type: Option<Line<40>>,
    /// Who asks: of work that may take long each gets a fair share. Set by the service.
    pub asker: Option<UserId>,
}

/// Days of which the last is not before the first, 366 at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Period {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

impl Period {
    /// The period that `query` means on the day `today`.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where it ends before it begins or is too long.
    pub(crate) fn of(query: &StatsQuery, today: NaiveDate) -> Result<Self, ServiceError> {
        let to = query.to.unwrap_or(today);
        let from = query.from.or_else(|| to.checked_sub_days(Days::new(USUAL_DAYS - 1))).unwrap_or(to);
        let refused = |reason: &str| Err(ServiceError::Invalid(vec![FieldError::new("from", reason)]));
        match (to - from).num_days() {
            days if days < 0 => refused("must not be after `to`"),
            days if days >= MOST_DAYS => refused("must be at most 365 days before `to`"),
            _ => Ok(Self { from, to }),
        }
    }
}

/// How often something was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActionCount {
    /// What was done.
    pub action: ActivityAction,
    /// How often.
    pub count: u64,
}

/// How often something was done to a kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceCount {
    /// The kind of record.
    pub resource_type: String,
    /// How often.
    pub count: u64,
}

/// How often a user did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct UserCount {
    /// The user; `None` for the system itself.
    pub user_id: Option<UserId>,
    /// One of the names that they had in the period.
    pub user_name: String,
    /// How often.
    pub count: u64,
}

/// How often something was done on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DayCount {
    /// The day, in UTC.
    pub day: NaiveDate,
    /// How often.
    pub count: u64,
}

/// How much was done in a period. What was not done at all is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ActivityStats {
    /// The first day that was counted, in UTC.
    pub from: NaiveDate,
    /// The last day that was counted, in UTC.
    pub to: NaiveDate,
    /// How much in all.
    pub total: u64,
    /// By action, most first.
    pub by_action: Vec<ActionCount>,
    /// By kind of record, most first.
    pub by_resource: Vec<ResourceCount>,
    /// By user, most first; the first 100.
    pub by_user: Vec<UserCount>,
    /// By day, earliest first.
    pub by_day: Vec<DayCount>,
}

#[cfg(test)]
mod tests {
    use serde_json::Map;
    use uuid::Uuid;

    use super::*;
    use crate::Timestamp;
    use crate::activity::ActivityId;
    use crate::event::Seq;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn activity(action: ActivityAction, user: Option<u128>, name: &str, at: &str) -> Activity {
        Activity {
            id: ActivityId::new(Uuid::from_u128(1)),
            seq: Seq::START,
            user_id: user.map(|id| UserId::new(Uuid::from_u128(id))),
            user_name: name.into(),
            action,
            resource_type: "episode".into(),
            resource_id: Uuid::from_u128(2),
            resource_name: "Pilot".into(),
            metadata: Map::new(),
            ip: None,
            user_agent: None,
            request_id: None,
            created_at: Timestamp::parse(at).unwrap(),
            audience: Audience::Readers,
        }
    }

    #[test]
    fn what_differs_in_day_action_or_user_is_counted_apart_and_the_last_name_stays() {
        use ActivityAction::{Create, Update};
        let tallies = ActivityTally::of(&[
            activity(Create, Some(1), "An editor", "2008-01-20T23:59:59Z"),
            activity(Create, Some(1), "The editor", "2008-01-20T00:00:00Z"),
            activity(Create, Some(1), "The editor", "2008-01-21T00:00:00Z"),
            activity(Update, Some(1), "The editor", "2008-01-21T00:00:00Z"),
            activity(Create, None, "system", "2008-01-21T00:00:00Z"),
        ]);
        let counts: Vec<_> = tallies.iter().map(|tally| (tally.count, tally.user_name.as_str())).collect();
        assert_eq!(counts, [(2, "The editor"), (1, "system"), (1, "The editor"), (1, "The editor")]);
    }

    #[test]
    fn a_period_ends_today_and_has_thirty_days_unless_something_else_is_asked() {
        let today = day("2024-03-01");
        let period = |from: Option<&str>, to: Option<&str>| {
            let query = StatsQuery { from: from.map(day), to: to.map(day), ..StatsQuery::default() };
            Period::of(&query, today).map(|period| (period.from, period.to))
        };
        assert_eq!(period(None, None).unwrap(), (day("2024-02-01"), today));
        assert_eq!(period(None, Some("2024-01-30")).unwrap(), (day("2024-01-01"), day("2024-01-30")));
        assert_eq!(period(Some("2023-03-02"), None).unwrap(), (day("2023-03-02"), today));
        assert!(period(Some("2023-03-01"), None).is_err(), "367 days");
        assert!(period(Some("2024-03-02"), None).is_err(), "ends before it begins");
    }
}
