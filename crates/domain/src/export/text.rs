//! An export as text, piece by piece.

use serde_json::{Map, Value};

use super::rows::{Row, Rows};
use crate::ServiceError;
use crate::import::{Column, TableText, cell_text};

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// As comma-separated values below the names of the columns.
    Csv,
    /// As a list of objects, one a line, without members that say nothing.
    Json,
}

/// A text on its way.
pub(super) struct Text<'a> {
    format: Format,
    tables: &'a dyn TableText,
    pub(super) rows: Rows<'a>,
    begun: bool,
    ended: bool,
}

impl Format {
    /// The name of such a file.
    pub(super) const fn file_name(self) -> &'static str {
        match self {
            Self::Csv => "episodes.csv",
            Self::Json => "episodes.json",
        }
    }
}

impl<'a> Text<'a> {
    pub(super) const fn new(format: Format, tables: &'a dyn TableText, rows: Rows<'a>) -> Self {
        Self { format, tables, rows, begun: false, ended: false }
    }

    /// The next piece; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, ServiceError> {
        if self.ended {
            return Ok(None);
        }
        let Some(rows) = self.rows.next().await? else {
            self.ended = true;
            return Ok(Some(self.end()));
        };
        Ok(Some(match self.format {
            Format::Csv => self.lines(rows),
            Format::Json => self.objects(rows),
        }))
    }

    fn lines(&mut self, rows: Vec<Row>) -> Vec<u8> {
        let mut text = Vec::new();
        if !self.begun {
            self.begun = true;
            text.extend(self.tables.row(&Column::ALL.map(|column| column.as_str().to_owned())));
        }
        for row in rows {
            let cells: Vec<String> = row.iter().map(|value| cell_text(value).into_owned()).collect();
            text.extend(self.tables.row(&cells));
        }
        text
    }

    fn objects(&mut self, rows: Vec<Row>) -> Vec<u8> {
        let mut text = String::new();
        for row in rows {
            text.push_str(if self.begun { ",\n" } else { "[\n" });
            self.begun = true;
            let members = Column::ALL.into_iter().zip(row).filter(|(_, value)| !value.is_null());
            let members: Map<_, _> = members.map(|(column, value)| (column.as_str().to_owned(), value)).collect();
            text.push_str(&Value::Object(members).to_string());
        }
        text.into_bytes()
    }

    fn end(&self) -> Vec<u8> {
        match (self.format, self.begun) {
            (Format::Csv, _) => Vec::new(),
            (Format::Json, true) => b"\n]\n".to_vec(),
            (Format::Json, false) => b"[]\n".to_vec(),
        }
    }
}
