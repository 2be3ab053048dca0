//! That what is written is read again.

use proptest::prelude::*;
use showrunner_csv::{Csv, read};
use showrunner_domain::import::TableText as _;

#[test]
fn a_row_is_a_line_with_quotes_where_they_are_needed() {
    let row = |cells: &[&str]| Csv.row(&cells.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(row(&["a", "", "b;c", "d,e", "f\"g", "h\ni"]), b"a,,b;c,\"d,e\",\"f\"\"g\",\"h\ni\"\r\n");
}

proptest! {
    #[test]
    fn rows_are_read_as_they_were_written(title in "[^\\p{Cc}]{0,20}[a-z]", about in "([^\\p{Cc}]|[\r\n\t\",]){0,30}") {
        let mut file = Csv.row(&["title", "description", "episode_number"].map(str::to_owned));
        file.extend(Csv.row(&[title.clone(), about.clone(), "1".to_owned()]));
        let rows = read(&file, None).into_rows().unwrap();
        prop_assert_eq!(rows[0].new.title.as_str(), title.as_str());
        let read = rows[0].new.others.description.as_ref().map(|text| text.as_str().to_owned());
        prop_assert_eq!(read.unwrap_or_default(), about);
    }
}
