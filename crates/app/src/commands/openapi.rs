//! `showrunner openapi`: the document that a server gives at `/api/v1/openapi.json`, in lines that can be compared.

use std::io::{self, Write as _};

use super::CommandError;

pub(super) fn run() -> Result<(), CommandError> {
    writeln!(io::stdout(), "{:#}", showrunner_http::document()).map_err(CommandError::Output)
}
