//! An error in one line of the log, with everything that led to it.

use std::error::Error;

/// The messages of `error` and of its sources, outermost first. For the log only: sources may name what callers must
/// not see.
#[must_use]
pub fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        // Some errors tell their source in their own message already.
        if !text.ends_with(&message) {
            text.push_str(": ");
            text.push_str(&message);
        }
        source = cause.source();
    }
    text
}
