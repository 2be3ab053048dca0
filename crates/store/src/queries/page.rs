//! Pages of lists, bounded by bytes as well as by number.

use diesel::QueryResult;
use showrunner_domain::Limit;

use crate::rows::Weight;

/// With how many bytes a page is full: it is held as rows, as records and as the text of the answer.
const BYTES: usize = 1024 * 1024;

/// The rows that a page holds, and whether there are more.
pub(super) struct Filled<Row> {
    pub(super) rows: Vec<Row>,
    pub(super) more: bool,
}

/// Takes rows one by one until the page is full: by `limit`, or by their bytes, but it holds at least one. `rows` must have
/// one row more than `limit` where there are as many.
pub(super) fn fill<Row: Weight>(
    rows: impl Iterator<Item = QueryResult<Row>>,
    limit: Limit,
) -> QueryResult<Filled<Row>> {
    let (mut taken, mut bytes) = (Vec::new(), 0);
    for row in rows {
        let row = row?;
        if taken.len() == limit.get() || bytes >= BYTES {
            return Ok(Filled { rows: taken, more: true });
        }
        bytes += row.weight();
        taken.push(row);
    }
    Ok(Filled { rows: taken, more: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Heavy(usize);

    impl Weight for Heavy {
        fn weight(&self) -> usize {
            self.0
        }
    }

    fn filled(weights: &[usize]) -> (usize, bool) {
        let Filled { rows, more } =
            fill(weights.iter().map(|weight| Ok(Heavy(*weight))), Limit::parse(3).unwrap()).unwrap();
        (rows.len(), more)
    }

    #[test]
    fn a_page_is_full_by_its_rows_or_by_their_bytes_and_holds_one_at_least() {
        assert_eq!(filled(&[]), (0, false));
        assert_eq!(filled(&[1, 1, 1]), (3, false));
        assert_eq!(filled(&[1, 1, 1, 1]), (3, true));
        assert_eq!(filled(&[2 * BYTES]), (1, false));
        assert_eq!(filled(&[2 * BYTES, 1]), (1, true));
        assert_eq!(filled(&[BYTES - 1, 1, 1]), (2, true));
    }
}
