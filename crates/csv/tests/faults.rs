//! What can be wrong with a file, and where each fault is told to be.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests")]

mod fault_table;

use fault_table::Fault;
use proptest::prelude::*;
use showrunner_csv::read;
use showrunner_domain::episode::NewEpisode;
use showrunner_domain::import::{Problems, Sheet};

fn problems(file: &[u8]) -> Problems {
    read(file, None).into_rows().unwrap_err()
}

fn episodes(file: &[u8]) -> Vec<NewEpisode> {
    let rows = read(file, None).into_rows().unwrap_or_else(|problems| panic!("{problems:?}"));
    rows.into_iter().map(|row| row.new).collect()
}

fn told(file: &[u8]) -> Vec<(u64, usize)> {
    problems(file).told().iter().map(|told| (told.line, told.column)).collect()
}

#[test]
fn each_fault_is_told_with_its_line_and_column() {
    for Fault { name, file, line, column, words } in fault_table::faults() {
        let problems = problems(&file);
        let first = &problems.told()[0];
        assert_eq!((first.line, first.column), (line, column), "{name}: {first:?}");
        assert!(first.message.contains(words), "{name}: {first:?}");
    }
}

#[test]
fn every_fault_of_a_file_is_told_at_once() {
    let file = b"title,episode_number,rating\n,x,11\nPilot,1,8\n,2,\n";
    assert_eq!(told(file), [(2, 1), (2, 2), (2, 3), (4, 1)]);
    let mut many = b"title,episode_number\n".to_vec();
    many.extend(b",1\n".repeat(150));
    let problems = problems(&many);
    assert_eq!((problems.told().len(), problems.more()), (100, 50));
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    for newline in ["\n", "\r\n", "\r"] {
        let file = format!("title,episode_number{newline}{newline}Pilot,1{newline}Grilled,x{newline}");
        assert_eq!(told(file.as_bytes()), [(4, 2)], "{newline:?}");
    }
    assert_eq!(told(b"title,episode_number\r\nPilot,1\nGrilled,2\rDown,x"), [(4, 2)]);
    assert_eq!(told(b"\xef\xbb\xbf\n\ntitle,episode_number\nPilot,x\n"), [(4, 2)]);
}

#[test]
fn lines_within_quotes_count_for_the_cells_behind_them() {
    let file = b"description,title,episode_number\n\"one\ntwo\r\nthree\",\"\",x\n,Pilot,y\n";
    assert_eq!(told(file), [(4, 2), (4, 3), (5, 3)]);
}

#[test]
fn a_good_file_is_read_to_the_last_character() {
    let file = "\u{feff}title,description,episode_number,categories\r\n\
                \"Say \"\"My\"\" Name, again\",\"one\r\ntwo\",7,drama;crime\r\nNo Más,,8,";
    let episodes = episodes(file.as_bytes());
    assert_eq!(episodes[0].title.as_str(), "Say \"My\" Name, again");
    assert_eq!(episodes[0].others.description.as_ref().unwrap().as_str(), "one\r\ntwo");
    assert_eq!(episodes[0].others.categories.as_ref().unwrap().as_slice().len(), 2);
    assert_eq!((episodes[1].title.as_str(), &episodes[1].others.description), ("No Más", &None));
    assert_eq!(episodes.len(), 2);
}

#[test]
fn a_file_beyond_the_limit_is_not_looked_at() {
    assert_eq!(told(&vec![b'x'; Sheet::MAX_BYTES + 1]), [(1, 1)]);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(file in any::<Vec<u8>>()) {
        let _ = read(&file, None).into_rows();
    }

    #[test]
    fn no_table_makes_it_panic_and_faults_lie_within_the_file(
        file in "(title|episode_number|rating|,|\"|\n|\r|\u{feff}|[0-9a-z\u{0}ä;.-]){0,60}",
        header in any::<bool>(),
    ) {
        let file = if header { format!("title,episode_number,rating\n{file}") } else { file };
        let lines = 1 + file.matches(['\n', '\r']).count() as u64;
        if let Err(problems) = read(file.as_bytes(), None).into_rows() {
            prop_assert!(!problems.is_empty());
            prop_assert!(problems.told().iter().all(|told| (1..=lines).contains(&told.line) && told.column > 0));
        }
    }

    #[test]
    fn titles_come_back_as_they_were_written(titles in proptest::collection::vec("[^\\p{Cc}]{0,20}[a-z]", 1..9)) {
        let quoted = |title: &String| format!("\"{}\",1\n", title.replace('"', "\"\""));
        let file = format!("title,episode_number\n{}", titles.iter().map(quoted).collect::<String>());
        let read: Vec<String> = episodes(file.as_bytes()).iter().map(|new| new.title.to_string()).collect();
        prop_assert_eq!(read, titles);
    }
}
