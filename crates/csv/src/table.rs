//! The domain's port to tables as text.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use showrunner_domain::import::{Sheet, TableText};

use crate::read;

/// Reads and writes comma-separated values (RFC 4180).
#[derive(Debug, Clone, Copy, Default)]
pub struct Csv;

impl TableText for Csv {
    fn read(&self, file: &[u8]) -> Sheet {
        read(file, None)
    }

    fn row(&self, cells: &[String]) -> Vec<u8> {
        let mut builder = WriterBuilder::new();
        builder.terminator(Terminator::CRLF).quote_style(QuoteStyle::Necessary);
        let mut writer = builder.from_writer(Vec::new());
        // Writing to memory cannot fail.
        let _ = writer.write_record(cells);
        writer.into_inner().unwrap_or_default()
    }
}
