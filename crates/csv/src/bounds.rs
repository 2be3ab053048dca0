//! How large a row may be. A row that is larger is noticed before anything of it is kept.

use csv_core::{ReadRecordResult, Reader};

/// How many cells a row may have: several times as many as there are columns.
pub(crate) const MAX_CELLS: usize = 100;
/// How many bytes its cells may have: several times as many as all columns take together.
pub(crate) const MAX_BYTES: usize = 1 << 20;

/// Where the first row begins that is larger than a row may be.
pub(crate) fn first_large_row(text: &[u8]) -> Option<usize> {
    let mut reader = Reader::new();
    let (mut output, mut ends) = (vec![0; 8 * 1024], [0; MAX_CELLS]);
    let (mut at, mut begins, mut cells, mut bytes) = (0, 0, 0, 0);
    while at < text.len() {
        let (result, read, written, ended) = reader.read_record(&text[at..], &mut output, &mut ends);
        at += read;
        cells += ended;
        bytes += written;
        if cells > MAX_CELLS || bytes > MAX_BYTES || matches!(result, ReadRecordResult::OutputEndsFull) {
            return Some(begins);
        }
        if matches!(result, ReadRecordResult::Record) {
            (begins, cells, bytes) = (at, 0, 0);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_at_most_a_hundred_cells_and_a_mebibyte() {
        let cells = |count: usize| format!("a,b\n{}\nc,d\n", vec!["x"; count].join(",")).into_bytes();
        assert_eq!(first_large_row(&cells(MAX_CELLS)), None);
        assert_eq!(first_large_row(&cells(MAX_CELLS + 1)), Some(4));
        let bytes = |count: usize| format!("a,b\r\n\"{}\",d\r\nc,d\r\n", ",".repeat(count)).into_bytes();
        assert_eq!(first_large_row(&bytes(MAX_BYTES - 1)), None);
        assert!(first_large_row(&bytes(MAX_BYTES)).is_some());
        assert_eq!(first_large_row(&",".repeat(1_000).into_bytes()), Some(0));
    }
}
