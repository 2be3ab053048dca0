//! The job that imports a file.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ImportError, ImportService, Imported, Problems, Sheet, TableText};
use crate::file::{FileId, FileService};
use crate::identity::OnBehalf;
use crate::job::{Done, Failing, Job, JobHandler, JobType, Reporter};

/// Imports the table of episodes in `{"file_id": …}`, in JSON or as comma-separated values, wholly or not at all, as
/// whoever wanted the job. With `"dry_run": true` nothing is written, and what would be, or what is wrong, is the result.
pub struct DataImport {
    /// Reads the file.
    pub files: Arc<FileService>,
    /// Imports.
    pub imports: Arc<ImportService>,
    /// Understands tables.
    pub tables: Arc<dyn TableText>,
    /// Knows what whoever wanted the job may do.
    pub on_behalf: OnBehalf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    file_id: FileId,
    #[serde(default)]
    dry_run: bool,
}

#[async_trait]
impl JobHandler for DataImport {
    fn job_type(&self) -> JobType {
        JobType::built_in("data-import")
    }

    async fn run(&self, job: &Job, _reporter: Arc<dyn Reporter>) -> Result<Done, Failing> {
        let Payload { file_id, dry_run } = job.read_payload()?;
        let caller = job.caller(&self.on_behalf).await?;
        let file = self.files.get(&caller, file_id).await?;
        let sheet = self.tables.read(self.files.whole(&file, Sheet::MAX_BYTES as u64).await?, None).await;
        match self.imports.prepare(Some(&caller), sheet).await {
            Ok((more, Imported { episodes, shows })) => {
                let results = Some(json!({ "dry_run": dry_run, "episodes": episodes, "shows": shows }));
                Ok(Done { results, more: if dry_run { Vec::new() } else { more }, ..Done::default() })
            }
            Err(ImportError::Faulty(problems)) if dry_run => {
                Ok(Done { results: Some(faults(&problems)), ..Done::default() })
            }
            Err(ImportError::Faulty(problems)) => Err(Failing::for_good(&told(&problems))),
            Err(ImportError::Service(error)) => Err(error.into()),
        }
    }
}

fn faults(problems: &Problems) -> Value {
    let faults: Vec<Value> = (problems.told().iter())
        .map(|fault| json!({ "line": fault.line, "column": fault.column, "message": fault.message }))
        .collect();
    json!({ "dry_run": true, "faults": faults, "more_faults": problems.more() })
}

fn told(problems: &Problems) -> String {
    let faults = problems.told().iter().map(|fault| {
        let (line, column, message) = (fault.line, fault.column, &fault.message);
        format!("\n{line}:{column}: {message}")
    });
    let more = if problems.more() > 0 { format!("\nand {} more", problems.more()) } else { String::new() };
    format!("nothing was imported:{}{more}", faults.collect::<String>())
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::RecordChange;
    use crate::file::studio::{Studio, Told, ids, job};
    use crate::identity::Role;
    use crate::import::Cell;
    use crate::mocks::{MockImportStore, MockLedger, MockShowStore, MockTableText};

    /// Takes every file for a table of one row that says what the file does.
    fn tables() -> MockTableText {
        let mut tables = MockTableText::new();
        tables.expect_read().returning(|file, _| {
            let (title, number) = std::str::from_utf8(&file).unwrap().split_once(',').unwrap();
            let cell = |text| Cell { line: 1, text: Some(text) };
            let mut sheet = Sheet::new(&[cell("title"), cell("episode_number")]);
            sheet.push(2, &[cell(title), cell(number)]);
            sheet
        });
        tables
    }

    fn run(role: Role, file: &str, dry_run: bool) -> Result<Done, Failing> {
        run_with(tables(), role, file, dry_run)
    }

    fn run_with(tables: MockTableText, role: Role, file: &str, dry_run: bool) -> Result<Done, Failing> {
        let studio = Studio::default();
        let id = studio.with("episodes", file.as_bytes());
        let mut store = MockImportStore::new();
        store.expect_find_shows_called().returning(|_, _| Ok(Vec::new()));
        let (clock, ids) = (Arc::new(studio.clock()), Arc::new(ids()));
        let (shows, ledger) = (Arc::new(MockShowStore::new()), Arc::new(MockLedger::new()));
        let imports = ImportService { store: Arc::new(store), shows, ledger, clock, ids };
        let (files, imports, on_behalf) = (studio.files(), Arc::new(imports), studio.on_behalf(role));
        let handler = DataImport { files, imports, tables: Arc::new(tables), on_behalf };
        let job = Job { job_type: handler.job_type(), ..job(json!({ "file_id": id, "dry_run": dry_run })) };
        block_on(handler.run(&job, Arc::new(Told::default())))
    }

    fn titles(done: &Done) -> Vec<&str> {
        let titles = done.more.iter().filter_map(|change| match change {
            RecordChange::Episode(change) => Some(change.state().title.as_str()),
            _ => None,
        });
        titles.collect()
    }

    #[test]
    fn episodes_are_written_with_the_end_of_the_job() {
        let done = run(Role::Admin, "Pilot,1", false).unwrap();
        assert_eq!(titles(&done), ["Pilot"]);
        assert_eq!(done.results, Some(json!({ "dry_run": false, "episodes": 1, "shows": 0 })));
    }

    #[test]
    fn a_dry_run_writes_nothing_and_tells_what_is_wrong_as_its_result() {
        let done = run(Role::Admin, "Pilot,1", true).unwrap();
        assert_eq!((titles(&done).len(), &done.results.unwrap()["episodes"]), (0, &json!(1)));
        let results = run(Role::Admin, ",x", true).unwrap().results.unwrap();
        let fault = json!({ "line": 1, "column": 2, "message": "episode_number must be a whole number" });
        assert_eq!((&results["faults"][1], &results["more_faults"]), (&fault, &json!(0)));
    }

    #[test]
    fn a_faulty_file_fails_for_good_with_every_fault() {
        let failing = run(Role::Admin, ",x", false).unwrap_err();
        let told = "nothing was imported:\n1:1: title must not be empty\n1:2: episode_number must be a whole number";
        assert_eq!((failing.permanent, failing.error.as_str()), (true, told));
    }

    #[test]
    fn administrators_alone_may_import_and_for_others_nothing_is_read() {
        // These tables panic where they are asked for.
        let failing = run_with(MockTableText::new(), Role::Editor, "Pilot,1", false).unwrap_err();
        assert!(failing.permanent && failing.error.as_str().contains("role"), "{failing:?}");
    }
}
