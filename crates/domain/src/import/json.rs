//! Tables of episodes in JSON: a list of objects whose members are called like the columns.

use serde::de::{Deserializer as _, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{Cell, Column, Sheet};

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The table in `file`, whose objects count as lines, from 1. Members may be text, numbers and, for categories, lists of
/// text; `null` says nothing, as a member that is missing.
pub(crate) fn read_json(file: &[u8]) -> Sheet {
    let header = Column::ALL.map(|column| Cell { line: 1, text: Some(column.as_str()) });
    let mut sheet = Sheet::new(&header);
    let mut json = serde_json::Deserializer::from_slice(file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file));
    if let Err(error) = json.deserialize_seq(Rows(&mut sheet)).and_then(|()| json.end()) {
        sheet.refuse(error.line() as u64, error.column(), &format!("this is not JSON as it should be: {error}"));
    }
    sheet
}

/// What a member says as the text of a cell; `None` where it is of a type that no column has.
pub(crate) fn cell_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(items) => {
            let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
            texts.filter(|texts| !texts.iter().any(|text| text.contains(';'))).map(|texts| texts.join(";"))
        }
        Value::Bool(_) | Value::Object(_) => None,
    }
}

/// Takes objects one by one, so that a large file is never in memory twice.
struct Rows<'a>(&'a mut Sheet);

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a list of episodes")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let mut line = 0;
        while let Some(row) = rows.next_element::<Map<String, Value>>()? {
            line += 1;
            push(self.0, line, &row);
        }
        Ok(())
    }
}

fn push(sheet: &mut Sheet, line: u64, row: &Map<String, Value>) {
    for name in row.keys().filter(|name| Column::parse(name).is_none()) {
        let shown: String = name.chars().take(50).collect();
        sheet.refuse(line, 1, &format!("{shown:?} is not the name of a column"));
    }
    let mut texts = Vec::with_capacity(Column::ALL.len());
    for (place, column) in Column::ALL.into_iter().enumerate() {
        let text = cell_text(row.get(column.as_str()).unwrap_or(&Value::Null));
        if text.is_none() {
            sheet.refuse(line, place + 1, &format!("{column} must be text, a number or a list of texts without ;"));
        }
        texts.push(text.unwrap_or_default());
    }
    let cells: Vec<Cell<'_>> = texts.iter().map(|text| Cell { line, text: Some(text) }).collect();
    sheet.push(line, &cells);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(file: &str) -> Vec<(u64, String)> {
        let problems = read_json(file.as_bytes()).into_rows().unwrap_err();
        problems.told().iter().map(|problem| (problem.line, problem.message.clone())).collect()
    }

    #[test]
    fn objects_become_episodes_as_rows_do() {
        let file = "\u{feff} [{\"title\": \"Pilot\", \"episode_number\": 1, \"rating\": 9.5, \"air_date\": null,
            \"categories\": [\"drama\", \"crime\"], \"show\": \"Breaking Bad\"}, {\"title\": \"2\", \"episode_number\": \"2\"}] ";
        let rows = read_json(file.as_bytes()).into_rows().unwrap();
        assert_eq!(rows[0].new.title.as_str(), "Pilot");
        assert_eq!(rows[0].show.as_ref().map(ToString::to_string).as_deref(), Some("Breaking Bad"));
        assert_eq!(rows[0].new.others.categories.as_ref().unwrap().as_slice().len(), 2);
        assert_eq!((rows[1].line, rows[1].new.episode_number.get()), (2, 2));
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_the_place_of_its_object() {
        let file = r#"[{"title": "", "episode_number": 1}, {"title": true, "episode_number": 1.5, "mood": 1},
            {"title": "a", "episode_number": 1, "categories": ["a;b"]}]"#;
        let told = told(file);
        assert_eq!(told[0], (1, "title must not be empty".to_owned()));
        assert!(told.iter().any(|(line, text)| *line == 2 && text.contains("\"mood\"")), "{told:?}");
        assert!(told.iter().any(|(line, text)| *line == 2 && text.contains("whole number")), "{told:?}");
        assert!(told.iter().any(|(line, text)| *line == 3 && text.contains("without ;")), "{told:?}");
    }

    #[test]
    fn what_is_no_list_of_objects_is_refused_with_its_place() {
        for file in ["", "{}", "[1]", "[{}", "[{}] x", "[\n{\"title\"", "null", "\u{0}"] {
            let told = told(file);
            assert!(told.iter().any(|(_, text)| text.contains("not JSON as it should be")), "{file}: {told:?}");
        }
        assert_eq!(told("[]"), [(1, "there are no rows below the names of the columns".to_owned())]);
    }
}
