//! What every network-facing crate of Showrunner shares.
//!
//! [`boundary`] wraps the whole server: it gives each request its identifier, completes and logs problems and sets
//! the headers that keep browsers careful. Within it [`Identified`] says who asks, [`origin`] and [`client_address`] from where,
//! [`JsonBody`] and [`Query`] read what they sent, each [`Member`] of which can be told without a request, and
//! [`Problem`] is the one shape in which anything is refused.

mod boundary;
mod causes;
mod code;
mod event_selection;
mod identified;
mod json;
mod json_body;
mod member;
mod origin;
mod problem;
mod proxies;
mod query;
mod refusals;
mod request_id;

pub use boundary::boundary;
pub use causes::causes;
pub use code::Code;
pub use event_selection::EventSelection;
pub use identified::{Identified, bearer_token};
pub use json_body::{BodyLimits, JsonBody};
pub use member::Member;
pub use origin::origin;
pub use problem::Problem;
pub use proxies::{ForwardedHeader, TrustedProxies, client_address};
pub use query::Query;
pub use refusals::Refusals;
pub use request_id::RequestId;
