//! Tables of episodes in JSON: a list of objects whose members are called like the columns.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use super::list::join;
use super::{Cell, Column, Sheet};
use crate::show::ShowName;

/// What some programs put before UTF-8 text.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
/// How many items of a list are kept: more than a column takes.
const MAX_ITEMS: usize = 100;

/// Whether a file begins as JSON does, and as no row of names of columns.
#[must_use]
pub fn is_json(file: &[u8]) -> bool {
    let text = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file).trim_ascii_start();
    matches!(text.first(), Some(b'[' | b'{'))
}

/// The table in `file`, whose objects count as lines, from 1. Members may be text, numbers and, for categories, lists of
/// text; `null` says nothing, as a member that is missing. Rows that name no show are of `show`.
///
/// No more of an object is kept than the columns hold, whatever its members are.
#[must_use]
pub fn read_json(file: &[u8], show: Option<&ShowName>) -> Sheet {
    if file.len() > Sheet::MAX_BYTES {
        return Sheet::too_large();
    }
    let header = Column::ALL.map(|column| Cell { line: 1, text: Some(column.as_str()) });
    let mut sheet = Sheet::new(&header).of_show(show.cloned());
    let mut json = serde_json::Deserializer::from_slice(file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file));
    if let Err(error) = json.deserialize_seq(Rows(&mut sheet)).and_then(|()| json.end()) {
        sheet.refuse(error.line() as u64, error.column(), &format!("this is not JSON as it should be: {error}"));
    }
    sheet
}

/// The cell that says what `value` says, as an export writes it: a text, a number, a list of texts or nothing.
pub(crate) fn cell_text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text),
        Value::Array(items) => Cow::Owned(join(items.iter().filter_map(Value::as_str))),
        Value::Number(_) | Value::Bool(_) | Value::Object(_) => Cow::Owned(value.to_string()),
    }
}

/// What a member says as the text of a cell; `None` where it is of a type that no column has.
fn member_text(member: &str) -> Option<Cow<'_, str>> {
    match member.as_bytes().first()? {
        b'n' => Some(Cow::Borrowed("")),
        b'"' => serde_json::from_str::<String>(member).ok().map(Cow::Owned),
        b'[' => {
            let Items(items) = serde_json::from_str(member).ok()?;
            let blank = items.iter().any(|item| item.trim().is_empty());
            (!blank).then(|| Cow::Owned(join(items.iter().map(String::as_str))))
        }
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(member)),
        _ => None,
    }
}

/// The first texts of a list.
struct Items(Vec<String>);

impl<'de> Deserialize<'de> for Items {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;

        impl<'de> Visitor<'de> for Texts {
            type Value = Items;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of texts")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Items, A::Error> {
                let mut items = Vec::new();
                while items.len() < MAX_ITEMS {
                    match list.next_element()? {
                        Some(item) => items.push(item),
                        None => return Ok(Items(items)),
                    }
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Items(items))
            }
        }

        deserializer.deserialize_seq(Texts)
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
        let mut line = 1;
        while rows.next_element_seed(Row { sheet: &mut *self.0, line })?.is_some() {
            line += 1;
        }
        Ok(())
    }
}

/// Takes one object.
struct Row<'a> {
    sheet: &'a mut Sheet,
    line: u64,
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an episode, as an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut texts = Column::ALL.map(|_| None);
        while let Some(name) = members.next_key::<Cow<'de, str>>()? {
            let member: &'de RawValue = members.next_value()?;
            let Some(place) = Column::ALL.iter().position(|column| column.as_str() == name) else {
                let shown: String = name.chars().take(50).collect();
                self.sheet.refuse(self.line, 1, &format!("{shown:?} is not the name of a column"));
                continue;
            };
            if texts[place].is_some() {
                return Err(A::Error::custom(format_args!("the member {name} is there twice")));
            }
            texts[place] = Some(member_text(member.get()).unwrap_or_else(|| {
                let message = format!("{name} must be text, a number or a list of texts that are not empty");
                self.sheet.refuse(self.line, place + 1, &message);
                Cow::Borrowed("")
            }));
        }
        let cells = texts.each_ref().map(|text| Cell { line: self.line, text: Some(text.as_deref().unwrap_or("")) });
        self.sheet.push(self.line, &cells);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::episode::{Category, Rating};

    fn told(file: &str) -> Vec<(u64, String)> {
        let problems = read_json(file.as_bytes(), None).into_rows().unwrap_err();
        problems.told().iter().map(|problem| (problem.line, problem.message.clone())).collect()
    }

    #[test]
    fn objects_become_episodes_as_rows_do() {
        let file = "\u{feff} [{\"title\": \"Pilot\", \"episode_number\": 1, \"rating\": 9.5, \"air_date\": null,
            \"categories\": [\"drama\", \"crime\"], \"show\": \"Breaking Bad\"}, {\"title\": \"2\", \"episode_number\": \"2\"}] ";
        let rows = read_json(file.as_bytes(), None).into_rows().unwrap();
        assert_eq!(rows[0].new.title.as_str(), "Pilot");
        assert_eq!(rows[0].show.as_ref().map(ToString::to_string).as_deref(), Some("Breaking Bad"));
        assert_eq!(rows[0].new.others.categories.as_ref().unwrap().as_slice().len(), 2);
        assert_eq!((rows[1].line, rows[1].new.episode_number.get()), (2, 2));
    }

    #[test]
    fn everything_that_is_wrong_is_told_with_the_place_of_its_object() {
        let file = r#"[{"title": "", "episode_number": 1}, {"title": true, "episode_number": 1.5, "mood": 1},
            {"title": "a", "episode_number": 1, "categories": ["a", " "]}]"#;
        let told = told(file);
        assert_eq!(told[0], (1, "title must not be empty".to_owned()));
        assert!(told.iter().any(|(line, text)| *line == 2 && text.contains("\"mood\"")), "{told:?}");
        assert!(told.iter().any(|(line, text)| *line == 2 && text.contains("whole number")), "{told:?}");
        assert!(told.iter().any(|(line, text)| *line == 3 && text.contains("not empty")), "{told:?}");
    }

    #[test]
    fn what_is_no_list_of_objects_is_refused_with_its_place() {
        let twice = "[{\"title\": \"a\", \"title\": \"b\"}]";
        for file in ["", "{}", "[1]", "[{}", "[{}] x", "[\n{\"title\"", "null", "\u{0}", twice] {
            let told = told(file);
            assert!(told.iter().any(|(_, text)| text.contains("not JSON as it should be")), "{file}: {told:?}");
        }
        assert_eq!(told("[]"), [(1, "there are no rows below the names of the columns".to_owned())]);
    }

    #[test]
    fn numbers_are_read_as_they_are_written_and_texts_with_all_that_is_in_them() {
        let file = r#"[{"title": " =cmd\u0020", "episode_number": 1, "rating": 1e-7, "categories": ["drama; crime", " \\ "]}]"#;
        let rows = read_json(file.as_bytes(), None).into_rows().unwrap();
        let (title, others) = (rows[0].new.title.as_str(), &rows[0].new.others);
        let categories: Vec<&str> =
            others.categories.as_ref().unwrap().as_slice().iter().map(Category::as_str).collect();
        assert_eq!((title, categories), (" =cmd ", vec!["drama; crime", " \\ "]));
        assert_eq!(others.rating.flatten().map(Rating::get), Some(1e-7));
    }

    #[test]
    fn of_a_long_list_or_a_deep_value_no_more_is_kept_than_is_needed() {
        let long =
            format!("[{{\"title\": \"a\", \"episode_number\": 1, \"categories\": [{}\"a\"]}}]", "\"a\",".repeat(1_000));
        assert!(told(&long)[0].1.contains("at most 50"), "{:?}", told(&long));
        let deep = format!("[{{\"mood\": {}{}}}]", "[".repeat(100_000), "]".repeat(100_000));
        assert!(told(&deep)[0].1.contains("\"mood\" is not the name"), "{:?}", told(&deep));
    }
}
