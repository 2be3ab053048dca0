//! Cutting a file into cells.

use std::io::Read as _;

use csv::{ByteRecord, ReaderBuilder};
use showrunner_domain::import::{Cell, Sheet};
use showrunner_domain::show::ShowName;

use crate::bounds::{MAX_BYTES, MAX_CELLS, first_large_row};
use crate::lines::{Lines, breaks};

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// A row behind the last one. The parser takes an open quote to the end of its input for closed: then this row does
/// not come by itself.
const END: &[u8] = b"\n.";

/// The table that `file` holds. Its first row names the columns; lines without anything are passed over. Rows that name
/// no show are of `show`. A row that is too large ends the table: no more of the file is kept than its rows may be large.
#[must_use]
pub fn read(file: &[u8], show: Option<&ShowName>) -> Sheet {
    if file.len() > Sheet::MAX_BYTES {
        return Sheet::too_large();
    }
    let whole = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file);
    let large = first_large_row(whole);
    let text = &whole[..large.unwrap_or(whole.len())];
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.chain(END));
    let (mut record, mut lines) = (ByteRecord::new(), Lines::new(text));
    let mut sheet: Option<Sheet> = None;
    // Reading memory cannot fail, and rows may differ in length.
    while let Ok(true) = reader.read_byte_record(&mut record) {
        let begins = record.position().map_or(0, |position| offset(position.byte()));
        if lines.go_to(begins) == text.len() {
            break;
        }
        let cells = cells(&record, lines.line());
        if offset(reader.position().byte()) == text.len() + END.len() {
            let (line, column) = (cells.last().map_or(1, |cell| cell.line), cells.len());
            sheet.get_or_insert_default().refuse(line, column, "the quote is not closed");
            break;
        }
        match &mut sheet {
            None => sheet = Some(Sheet::new(&cells).of_show(show.cloned())),
            Some(sheet) => sheet.push(lines.line(), &cells),
        }
    }
    if let Some(begins) = large {
        let mut lines = Lines::new(whole);
        lines.go_to(begins);
        let message = format!("the row is too large: it may have {MAX_CELLS} cells and {MAX_BYTES} bytes");
        sheet.get_or_insert_default().refuse(lines.line(), 1, &message);
    }
    sheet.unwrap_or_else(|| Sheet::new(&[]))
}

/// The cells of a row that begins on `line`.
fn cells(record: &ByteRecord, mut line: u64) -> Vec<Cell<'_>> {
    let cell = |bytes| {
        let begins = line;
        line += breaks(bytes);
        Cell { line: begins, text: std::str::from_utf8(bytes).ok() }
    };
    record.iter().map(cell).collect()
}

fn offset(byte: u64) -> usize {
    usize::try_from(byte).unwrap_or(usize::MAX)
}
