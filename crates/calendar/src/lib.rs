//! The domain's [`Calendar`] by croner's cron expressions and the time zones of IANA, which are built in.
//!
//! Expressions are those of Vixie cron and the Open Cron Pattern Specification: five fields, or six that begin with
//! seconds, or a name such as `@daily`. This crate knows how they are written and what summer time makes of them; when
//! something is done is the domain's to say.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use showrunner_domain::schedule::{Calendar, CronExpression, TimeZone};
use showrunner_domain::{FieldError, Timestamp};

/// The calendar of the world.
#[derive(Debug, Clone, Copy, Default)]
pub struct WorldCalendar;

impl Calendar for WorldCalendar {
    fn next(
        &self,
        cron: &CronExpression,
        time_zone: &TimeZone,
        after: Timestamp,
    ) -> Result<Option<Timestamp>, Vec<FieldError>> {
        let (pattern, zone) = (pattern(cron), time_zone.as_str().parse::<Tz>());
        match (pattern, zone) {
            (Ok(pattern), Ok(zone)) => Ok(first(&pattern, zone, after)),
            (pattern, zone) => {
                let zone = zone.err().map(|_| FieldError::new("time_zone", "must be a time zone that IANA knows"));
                Err(pattern.err().into_iter().chain(zone).collect())
            }
        }
    }
}

fn pattern(cron: &CronExpression) -> Result<Cron, FieldError> {
    let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
    parser.parse(cron.as_str()).map_err(|reason| {
        let expected = "must be a cron expression of five fields, or of six that begin with seconds";
        FieldError::new("cron", format_args!("{expected}: {reason}"))
    })
}

/// The first time after `after`; none where the pattern names no day that there is.
fn first(pattern: &Cron, zone: Tz, after: Timestamp) -> Option<Timestamp> {
    let after: DateTime<Utc> = DateTime::from_timestamp_micros(after.micros())?;
    let next = pattern.find_next_occurrence(&after.with_timezone(&zone), false).ok()?;
    Some(next.with_timezone(&Utc).into())
}
