//! The parameters of requests about compositions.

use showrunner_domain::Invalid;
use showrunner_domain::composition::{Approval, CompositionFilter, CompositionQuery, Format};
use showrunner_web::Query;

use super::members::format_named;
use crate::parse;
use crate::query::Parameters as _;

/// Which compositions are wanted.
pub(super) fn wanted(query: &mut Query) -> CompositionQuery {
    let filter = CompositionFilter {
        episode_id: query.take("episode_id", parse::episode_id),
        approval: query.take("approval", approval),
        q: query.line("q"),
    };
    CompositionQuery { filter, after: query.cursor(), limit: query.limit(), total: query.switch("total"), asker: None }
}

/// Which format is to be shown.
pub(super) fn format(query: &mut Query) -> Option<Format> {
    query.take("format", format_named)
}

fn approval(text: &str) -> Result<Approval, Invalid> {
    Approval::parse(text).ok_or(Invalid::Malformed { expected: "one of draft, pending, approved and rejected" })
}
