//! The REST API, tested over mocks of the domain's ports.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bodies;
mod catalogue;
mod conditions;
mod contract;
mod episodes;
mod feed;
mod files;
mod framework;
mod harness;
mod jobs;
mod lists;
mod people;
mod permissions;
mod preferences;
mod presence;
mod problems;
mod repetition;
mod schedules;
mod shows;
