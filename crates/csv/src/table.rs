//! The domain's port to tables as text.

use std::panic::resume_unwind;

use async_trait::async_trait;
use csv::{QuoteStyle, Terminator, WriterBuilder};
use showrunner_domain::import::{Sheet, TableText, is_json, read_json};
use showrunner_domain::show::ShowName;
use tokio::task::{JoinError, spawn_blocking};

use crate::read;

/// Reads JSON and comma-separated values (RFC 4180), on threads for work that blocks, and writes the latter.
#[derive(Debug, Clone, Copy, Default)]
pub struct Csv;

#[async_trait]
impl TableText for Csv {
    async fn read(&self, file: Vec<u8>, show: Option<ShowName>) -> Sheet {
        let parse = move || if is_json(&file) { read_json(&file, show.as_ref()) } else { read(&file, show.as_ref()) };
        match spawn_blocking(parse).await.map_err(JoinError::try_into_panic) {
            Ok(sheet) => sheet,
            Err(Ok(panic)) => resume_unwind(panic),
            Err(Err(_)) => {
                let mut sheet = Sheet::default();
                sheet.refuse(1, 1, "the program is stopping: import the file again");
                sheet
            }
        }
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
