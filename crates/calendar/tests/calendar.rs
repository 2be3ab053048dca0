//! What cron expressions mean, above all where clocks are put forward and back.

#![expect(clippy::unwrap_used, reason = "a test ends where something is not as expected")]

use proptest::prelude::*;
use showrunner_calendar::WorldCalendar;
use showrunner_domain::Timestamp;
use showrunner_domain::schedule::{Calendar as _, CronExpression, TimeZone};

fn next(cron: &str, zone: &str, after: Timestamp) -> Option<Timestamp> {
    WorldCalendar.next(&CronExpression::parse(cron).unwrap(), &TimeZone::parse(zone).unwrap(), after).unwrap()
}

fn at(time: &str) -> Timestamp {
    Timestamp::parse(time).unwrap()
}

/// Every time that the expression names after `from`, up to `to`.
fn between(cron: &str, zone: &str, from: &str, to: &str) -> Vec<String> {
    let times = std::iter::successors(next(cron, zone, at(from)), |last| next(cron, zone, *last));
    times.take_while(|time| *time <= at(to)).map(|time| time.to_string().replace(".000000", "")).collect()
}

#[test]
fn an_expression_is_meant_in_its_time_zone() {
    let day = |zone| between("30 2 * * *", zone, "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z");
    assert_eq!(day("UTC"), ["2026-01-10T02:30:00Z"]);
    assert_eq!(day("Europe/Berlin"), ["2026-01-10T01:30:00Z"]);
    assert_eq!(day("America/New_York"), ["2026-01-10T07:30:00Z"]);
    assert_eq!(day("Asia/Kathmandu"), ["2026-01-10T20:45:00Z"]);
}

#[test]
fn the_next_time_lies_after_the_last_to_the_second() {
    let minute = |after| next("* * * * *", "UTC", at(after)).unwrap();
    assert_eq!(minute("2026-01-10T00:00:59.999999Z"), at("2026-01-10T00:01:00Z"));
    assert_eq!(minute("2026-01-10T00:01:00Z"), at("2026-01-10T00:02:00Z"));
    assert_eq!(minute("2026-01-10T00:01:00.000001Z"), at("2026-01-10T00:02:00Z"));
    let second = |after| next("* * * * * *", "UTC", at(after)).unwrap();
    assert_eq!(second("2026-01-10T00:00:00.5Z"), at("2026-01-10T00:00:01Z"));
}

#[test]
fn a_daily_job_at_a_time_that_summer_time_leaves_out_comes_once_at_the_end_of_the_gap() {
    let days = between("30 2 * * *", "Europe/Berlin", "2027-03-27T00:00:00Z", "2027-03-29T12:00:00Z");
    assert_eq!(days, ["2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"]);
    let days = between("30 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", "2027-03-15T12:00:00Z");
    assert_eq!(days, ["2027-03-14T07:00:00Z", "2027-03-15T06:30:00Z"]);
}

#[test]
fn a_daily_job_at_a_time_that_comes_twice_comes_once_at_the_first() {
    let days = between("30 2 * * *", "Europe/Berlin", "2027-10-30T00:00:00Z", "2027-11-01T12:00:00Z");
    assert_eq!(days, ["2027-10-30T00:30:00Z", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"]);
    let later = next("30 2 * * *", "Europe/Berlin", at("2027-10-31T01:15:00Z")).unwrap();
    assert_eq!(later, at("2027-11-01T01:30:00Z"), "somebody who looks within the second hour has missed it");
}

#[test]
fn an_hourly_job_goes_on_every_hour_while_clocks_are_put_forward_and_back() {
    let forward = between("0 * * * *", "Europe/Berlin", "2027-03-27T23:30:00Z", "2027-03-28T03:00:00Z");
    assert_eq!(
        forward,
        ["2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z", "2027-03-28T02:00:00Z", "2027-03-28T03:00:00Z"]
    );
    let back = between("0 * * * *", "Europe/Berlin", "2027-10-30T23:30:00Z", "2027-10-31T03:00:00Z");
    assert_eq!(back, ["2027-10-31T00:00:00Z", "2027-10-31T01:00:00Z", "2027-10-31T02:00:00Z", "2027-10-31T03:00:00Z"]);
}

#[test]
fn of_several_times_of_day_those_in_the_gap_are_left_out_and_those_that_come_twice_count_twice() {
    let forward = between("15,45 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00Z", "2027-03-29T00:30:00Z");
    assert_eq!(forward, ["2027-03-29T00:15:00Z"]);
    let back = between("15,45 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00Z", "2027-10-31T12:00:00Z");
    assert_eq!(back, ["2027-10-31T00:15:00Z", "2027-10-31T00:45:00Z", "2027-10-31T01:15:00Z", "2027-10-31T01:45:00Z"]);
}

#[test]
fn what_cannot_be_understood_is_told_field_by_field() {
    let refused = |cron: &str, zone: &str| {
        let (cron, zone) = (CronExpression::parse(cron).unwrap(), TimeZone::parse(zone).unwrap());
        let errors = WorldCalendar.next(&cron, &zone, at("2026-01-10T00:00:00Z")).unwrap_err();
        errors.into_iter().map(|error| error.field).collect::<Vec<_>>()
    };
    for cron in ["daily", "* * * *", "60 * * * *", "* * * * 8", "0 0 1 1 * 2020 7", "0 0 0 1 1 * 2030", "@reboot"] {
        assert_eq!(refused(cron, "UTC"), ["cron"], "{cron}");
    }
    assert_eq!(refused("@daily", "Europe/Atlantis"), ["time_zone"]);
    assert_eq!(refused("daily", "Mars"), ["cron", "time_zone"]);
}

#[test]
fn a_day_that_never_comes_has_no_next_time() {
    assert_eq!(next("0 0 30 2 *", "UTC", at("2026-01-10T00:00:00Z")), None);
    assert_eq!(next("0 0 29 2 *", "UTC", at("2026-01-10T00:00:00Z")), Some(at("2028-02-29T00:00:00Z")));
}

const EXPRESSIONS: [&str; 7] =
    ["30 2 * * *", "*/7 1-3 * * *", "* * * * * *", "59 59 2 * * *", "0 0 L * *", "0 12 * * MON#1", "15,45 * * * *"];
/// Zones that put their clocks by an hour and by half of one, at midnight and at other times, and one that does not.
const ZONES: [&str; 6] =
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Africa/Casablanca", "UTC"];

proptest! {
    #[test]
    fn time_goes_on_in_every_zone_and_season(
        cron in proptest::sample::select(&EXPRESSIONS[..]),
        zone in proptest::sample::select(&ZONES[..]),
        micros in 1_700_000_000_000_000_i64..2_000_000_000_000_000,
    ) {
        let after = Timestamp::from_micros(micros).unwrap();
        let found = next(cron, zone, after).unwrap();
        prop_assert!(found > after && found.micros() % 1_000_000 == 0, "{after} {found}");
        let before = Timestamp::from_micros(found.micros() - 1).unwrap();
        prop_assert_eq!(next(cron, zone, before.max(after)), Some(found), "nothing lies between");
    }
}
