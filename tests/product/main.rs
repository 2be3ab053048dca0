//! The product's tests: they drive the real binary as its users, its operators and its accidents do, on both stores.
//!
//! The short ones belong to `make test`. Those marked `drill` run the figures that the product promises, by
//! `make drill`. A Postgres server is named by `SHOWRUNNER_TEST_POSTGRES`; `make` starts one.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "all of this crate is tests")]

mod bad_frames;
mod bad_generated;
mod bad_input;
mod bad_tokens;
mod behaviour;
mod bench;
mod bulkheads;
mod compositions;
mod documents;
mod drain;
mod durability;
mod failing_reader;
mod fair_share;
mod feed_audience;
mod files;
mod flapping;
mod following;
mod harness;
mod import;
mod jobs;
mod keys;
mod kill;
mod limits;
mod members;
mod moved_episodes;
mod payloads;
mod people;
mod presence;
mod proxies;
mod references;
mod refused_data;
mod repetition;
mod restored;
mod round_trip;
mod samples;
mod shows;
mod silent_database;
mod slow_reader;
mod smoke;
mod sse;
mod stores;
mod two_processes;
mod unread;
