//! A table as it is read: its columns, the episodes in its rows, and all that is wrong with either.

use std::collections::HashMap;

use super::column::Draft;
use super::shows::Reference;
use super::{Column, Problems};
use crate::episode::{EpisodeNumber, NewEpisode, SeasonNumber};
use crate::show::{ShowName, Slug};

/// A cell: what it says, and on which line of the file it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The line, from 1.
    pub line: u64,
    /// What it says; `None` where that is not UTF-8.
    pub text: Option<&'a str>,
}

/// A row in which nothing is wrong by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The line where its number stands.
    pub line: u64,
    /// The place of its number in the row, from 1.
    pub column: usize,
    /// The name of its show, or the slug where no show has that name.
    pub show: Option<ShowName>,
    /// The slug of its show.
    pub show_slug: Option<Slug>,
    /// The episode, without its show.
    pub new: NewEpisode,
}

impl Row {
    /// How it names its show.
    pub(super) fn reference(&self) -> Option<Reference> {
        Reference::parse(self.show.as_ref(), self.show_slug.as_ref())
    }
}

/// What no two episodes share: show, season and number.
type Spot = (Reference, Option<SeasonNumber>, EpisodeNumber);

/// A table of episodes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sheet {
    columns: Vec<Option<Column>>,
    show: Option<ShowName>,
    rows: Vec<Row>,
    lines: HashMap<Spot, u64>,
    count: usize,
    problems: Problems,
}

const NOT_UTF_8: &str = "is not UTF-8: save the file as UTF-8";

impl Sheet {
    /// How many rows a table may have below its first one.
    pub const MAX_ROWS: usize = 100_000;
    /// How large a file may be, in bytes: 64 MiB.
    pub const MAX_BYTES: usize = 64 * 1024 * 1024;

    /// A table whose first row is `header`; an empty one stands for an empty file.
    #[must_use]
    pub fn new(header: &[Cell<'_>]) -> Self {
        let mut sheet = Self::default();
        if header.is_empty() {
            sheet.problems.note(1, 1, "the file is empty: its first line names the columns");
            return sheet;
        }
        for (place, cell) in header.iter().enumerate() {
            let column = sheet.name(place, *cell);
            sheet.columns.push(column);
        }
        for column in Column::ALL.into_iter().filter(|column| column.is_required()) {
            if !sheet.columns.contains(&Some(column)) {
                sheet.problems.note(header[0].line, 1, format!("the column {column} is missing"));
            }
        }
        sheet
    }

    /// What stands for a file that is larger than [`MAX_BYTES`](Self::MAX_BYTES).
    #[must_use]
    pub fn too_large() -> Self {
        let mut sheet = Self::default();
        sheet.refuse(1, 1, "the file is larger than 64 MiB: split it");
        sheet
    }

    /// The same table, with rows that name no show taken as of `show`.
    #[must_use]
    pub fn of_show(mut self, show: Option<ShowName>) -> Self {
        self.show = show;
        self
    }

    /// The column that a cell of the header names, unless something is wrong with it.
    fn name(&mut self, place: usize, cell: Cell<'_>) -> Option<Column> {
        let Some(name) = cell.text else {
            self.problems.note(cell.line, place + 1, format!("the column's name {NOT_UTF_8}"));
            return None;
        };
        let column = Column::parse(name);
        if column.is_none() {
            let known = Column::ALL.map(Column::as_str).join(", ");
            let shown: String = name.chars().take(50).collect();
            self.problems.note(cell.line, place + 1, format!("{shown:?} is not a column: there are {known}"));
        } else if self.columns.contains(&column) {
            self.problems.note(cell.line, place + 1, format!("the column {name} is there twice"));
            return None;
        }
        column
    }

    /// Adds the row that begins on `line`. Rows beyond the limit are refused and not kept.
    pub fn push(&mut self, line: u64, cells: &[Cell<'_>]) {
        self.count += 1;
        if self.count > Self::MAX_ROWS {
            if self.count == Self::MAX_ROWS + 1 {
                self.problems.note(line, 1, format!("a file may have {} rows: split it", Self::MAX_ROWS));
            }
            return;
        }
        if cells.len() != self.columns.len() {
            self.refuse_length(line, cells);
            return;
        }
        let mut draft = Draft::default();
        for (place, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            let Some(column) = column else { continue };
            let read = cell.text.map_or_else(
                || Err(NOT_UTF_8.to_owned()),
                |text| column.read(text, &mut draft).map_err(|reason| reason.to_string()),
            );
            if let Err(reason) = read {
                self.problems.note(cell.line, place + 1, format!("{column} {reason}"));
            }
        }
        let (title, number) = (draft.fields.title.take(), draft.fields.episode_number.take());
        let column = self.columns.iter().position(|column| *column == Some(Column::EpisodeNumber));
        if let (Some(title), Some(episode_number), Some(place)) = (title, number, column) {
            let Draft { show, show_slug, fields } = draft;
            let show = if show_slug.is_some() { show } else { show.or_else(|| self.show.clone()) };
            let new = NewEpisode { title, episode_number, others: fields };
            self.keep(Row { line: cells[place].line, column: place + 1, show, show_slug, new });
        }
    }

    /// Keeps a row, unless one before it has its place in its show.
    fn keep(&mut self, row: Row) {
        if let Some(show) = row.reference() {
            let spot = (show, row.new.others.season_number.flatten(), row.new.episode_number);
            if let Some(first) = self.lines.get(&spot) {
                let message = format!("episode_number is that of line {first} already, in the same season and show");
                self.problems.note(row.line, row.column, message);
            } else {
                self.lines.insert(spot, row.line);
            }
        }
        // Once something is wrong nothing will be written, so there is nothing to keep.
        if self.problems.is_empty() {
            self.rows.push(row);
        }
    }

    fn refuse_length(&mut self, line: u64, cells: &[Cell<'_>]) {
        let (has, must) = (cells.len(), self.columns.len());
        let beyond = has.min(must);
        let line = cells.get(beyond).or(cells.last()).map_or(line, |cell| cell.line);
        self.problems.note(line, beyond + 1, format!("the row has {has} cells, and there are {must} columns"));
    }

    /// Notes what is wrong with the file itself.
    pub fn refuse(&mut self, line: u64, column: usize, message: &str) {
        self.problems.note(line, column, message);
    }

    /// The rows, in the order of the file.
    ///
    /// # Errors
    /// All that is wrong with the table; then there is no row.
    pub fn into_rows(mut self) -> Result<Vec<Row>, Problems> {
        if self.count == 0 && self.problems.is_empty() {
            self.problems.note(1, 1, "there are no rows below the names of the columns");
        }
        if self.problems.is_empty() { Ok(self.rows) } else { Err(self.problems) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells<'a>(line: u64, texts: &[&'a str]) -> Vec<Cell<'a>> {
        texts.iter().map(|text| Cell { line, text: Some(text) }).collect()
    }

    fn problems(header: &[&str], rows: &[&[&str]]) -> Vec<(u64, usize, String)> {
        let mut sheet = Sheet::new(&cells(1, header));
        for (line, row) in (2..).zip(rows) {
            sheet.push(line, &cells(line, row));
        }
        let problems = sheet.into_rows().err().unwrap_or_default();
        problems.told().iter().map(|told| (told.line, told.column, told.message.clone())).collect()
    }

    #[test]
    fn rows_become_episodes_in_their_order() {
        let mut sheet = Sheet::new(&cells(1, &["episode_number", "title", "air_date"]));
        sheet.push(2, &cells(2, &["1", "Pilot", "2008-01-20"]));
        sheet.push(3, &cells(3, &["2", "Cat's in the Bag...", ""]));
        let episodes: Vec<NewEpisode> = sheet.into_rows().unwrap().into_iter().map(|row| row.new).collect();
        assert_eq!(episodes.iter().map(|new| new.title.as_str()).collect::<Vec<_>>(), ["Pilot", "Cat's in the Bag..."]);
        assert_eq!(episodes[0].others.air_date, Some("2008-01-20".parse().ok()));
        assert_eq!(episodes[1].others.air_date, None);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once_with_its_place() {
        let told = problems(&["title", "mood", "title", "rating"], &[&["", "good", "x", "11"], &["Pilot", "bad"]]);
        let places: Vec<(u64, usize)> = told.iter().map(|(line, column, _)| (*line, *column)).collect();
        assert_eq!(places, [(1, 2), (1, 3), (1, 1), (2, 1), (2, 4), (3, 3)], "{told:?}");
        assert_eq!(told[3].2, "title must not be empty");
        assert_eq!(told[5].2, "the row has 2 cells, and there are 4 columns");
    }

    #[test]
    fn a_number_is_taken_once_in_a_season_of_a_show_however_its_name_is_written() {
        let header = ["show", "season_number", "episode_number", "title"];
        let rows: [&[&str]; 5] = [
            &["The Wire", "1", "1", "The Target"],
            &["", "1", "1", "Of no show"],
            &["", "1", "1", "Of no show"],
            &["The Wire", "", "1", "Of no season"],
            &["THE WIRE", "1", "1", "The Target again"],
        ];
        let told = problems(&header, &rows);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].0, told[0].1), (6, 3));
        assert!(told[0].2.contains("line 2"), "{told:?}");
    }

    #[test]
    fn a_table_without_rows_is_refused() {
        assert_eq!(problems(&["title", "episode_number"], &[]).len(), 1);
        assert_eq!(problems(&[], &[]).len(), 1);
    }

    #[test]
    fn rows_beyond_the_limit_are_refused_once() {
        let mut sheet = Sheet::new(&cells(1, &["title", "episode_number"]));
        let row = cells(2, &["Pilot", "1"]);
        (0..Sheet::MAX_ROWS + 5).for_each(|_| sheet.push(2, &row));
        let problems = sheet.into_rows().unwrap_err();
        assert_eq!((problems.told().len(), problems.more()), (1, 0));
    }
}
