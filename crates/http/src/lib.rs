//! Showrunner's REST API.
//!
//! A handler extracts, calls one use case and answers. It takes [`Identified`](showrunner_web::Identified) first and
//! reads path, query and body itself, in that order, so that nobody without identity learns what is wrong with what
//! they sent. [`configure`] mounts everything, [`configure_with`] with more under `/api/v1`; the services arrive as `web::Data` of the app: `AccessService`,
//! `ShowService`, `MembershipService`, `EpisodeService`, `ActivityService`, `NotificationService`, `PresenceService`, `SignInService`,
//! `UserService`, `CatchUp`, an [`AttemptLimit`], [`Draining`], [`Previews`] and `dyn` [`Readiness`].
//! The app wraps itself in [`boundary`](showrunner_web::boundary).

mod activities;
mod answer;
mod answered;
mod auth;
mod compositions;
mod cursor;
mod documentation;
mod draining;
mod endpoint;
mod episodes;
mod etag;
mod events;
mod fair_turns;
mod fields;
mod files;
mod health;
mod jobs;
mod me;
mod memberships;
mod notifications;
mod openapi;
mod parse;
mod path;
mod preferences;
mod presence;
mod query;
mod routes;
mod schedules;
mod shows;
mod templates;
mod terms;
mod users;

pub use auth::AttemptLimit;
pub use compositions::Previews;
pub use draining::Draining;
pub use health::{Check, Readiness};
pub use routes::{configure, configure_with, document};
