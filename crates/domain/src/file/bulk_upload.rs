//! The job that makes files of an archive.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::{FileId, FileService, FileType, Making, NewFile};
use crate::ServiceError;
use crate::identity::OnBehalf;
use crate::job::{Done, Failing, Job, JobHandler, JobType, Progress, Reporter};
use crate::media::{ArchiveTool, OpenArchive};

/// How many files a job may make: their records are written in one transaction.
const MOST: usize = 1_000;

/// Makes a file of everything in the archive of `{"file_id": …}`, for the episode that the job is for. What is larger than an
/// upload of its type may be, or damaged, is left out and told of.
pub struct BulkUpload {
    /// Keeps files.
    pub files: Arc<FileService>,
    /// Opens archives.
    pub archives: Arc<dyn ArchiveTool>,
    /// Knows what whoever wanted the job may do.
    pub on_behalf: OnBehalf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    file_id: FileId,
}

/// What became of an entry.
enum Taken {
    File(FileId),
    Refused(String),
}

#[async_trait]
impl JobHandler for BulkUpload {
    fn job_type(&self) -> JobType {
        JobType::built_in("bulk-upload")
    }

    async fn run(&self, job: &Job, reporter: Arc<dyn Reporter>) -> Result<Done, Failing> {
        let Payload { file_id } = job.read_payload()?;
        let caller = job.caller(&self.on_behalf).await?;
        let file = self.files.get(&caller, file_id).await?;
        if file.file_type != FileType::Archive {
            return Err(Failing::for_good("the file is no archive"));
        }
        let archive = self.archives.open(self.files.content(&file).await?, file.size).await?;
        let entries = archive.entries();
        if entries.len() > MOST {
            let reason = format!("the archive holds {} files, and a job makes at most {MOST}: split it", entries.len());
            return Err(Failing::for_good(&reason));
        }
        let mut making = Making::new(&self.files, &caller).within_limits();
        let (mut made, mut refused) = (Vec::new(), Vec::new());
        for (place, entry) in entries.iter().enumerate() {
            let name = entry.name.as_str();
            let new = NewFile { name: entry.name.clone(), episode_id: job.episode_id };
            match take(&mut making, new, archive.as_ref(), place).await? {
                Taken::File(id) => made.push(json!({ "name": name, "file_id": id })),
                Taken::Refused(reason) => refused.push(json!({ "name": name, "reason": reason })),
            }
            reporter.report(Progress::of(place + 1, entries.len()), None);
        }
        Ok(Done {
            results: Some(json!({ "files": made, "refused": refused })),
            more: making.records()?,
            ..Done::default()
        })
    }
}

async fn take(
    making: &mut Making<'_>,
    new: NewFile,
    archive: &dyn OpenArchive,
    entry: usize,
) -> Result<Taken, Failing> {
    let mut upload = making.begin(new).await?;
    let mut content = archive.read(entry).await?;
    loop {
        let written = match content.next().await {
            Ok(Some(bytes)) => upload.write(&bytes).await,
            Ok(None) => break,
            // What is wrong lies in the archive: the store was not asked.
            Err(error) => return Ok(Taken::Refused(format!("it cannot be unpacked: {}", error.cause()))),
        };
        match written {
            Err(error @ ServiceError::TooLarge { .. }) => return Ok(Taken::Refused(error.to_string())),
            other => other?,
        }
    }
    match making.keep(upload).await {
        Ok(file) => Ok(Taken::File(file.id)),
        Err(error @ ServiceError::TooLarge { .. }) => Ok(Taken::Refused(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;

    use super::*;
    use crate::file::FileName;
    use crate::file::studio::{Studio, Told, breaking, job, new_blobs, reader};
    use crate::identity::Role;
    use crate::media::{ArchiveEntry, MediaError};
    use crate::mocks::{MockArchiveTool, MockOpenArchive};

    type Entry = (&'static str, &'static [u8]);

    /// An archive of these entries; those that begin with `!` break off.
    fn archives(entries: Vec<Entry>) -> MockArchiveTool {
        let mut tool = MockArchiveTool::new();
        tool.expect_open().returning(move |_, _| {
            let mut archive = MockOpenArchive::new();
            let entry = |(name, content): &Entry| ArchiveEntry {
                name: FileName::parse(*name).unwrap(),
                size: content.len() as u64,
            };
            archive.expect_entries().return_const(entries.iter().map(entry).collect::<Vec<_>>());
            let entries = entries.clone();
            archive.expect_read().returning(move |place| {
                let (name, content) = entries[place];
                Ok(if name.starts_with('!') { breaking(content) } else { reader(&[content]) })
            });
            Ok(Box::new(archive))
        });
        tool
    }

    fn run(studio: &Studio, archives: MockArchiveTool, role: Role, id: FileId) -> Result<Done, Failing> {
        let (files, on_behalf) = (studio.files(), studio.on_behalf(role));
        let handler = BulkUpload { files, archives: Arc::new(archives), on_behalf };
        block_on(handler.run(&job(json!({ "file_id": id })), Arc::new(Told::default())))
    }

    #[test]
    fn every_entry_becomes_a_file_and_equal_ones_share_their_bytes() {
        let studio = Studio::default();
        let id = studio.with("stills.zip", b"ZIP");
        let entries: Vec<Entry> =
            vec![("a.jpg", b"JPEG a"), ("b.jpg", b"JPEG b"), ("c.jpg", b"JPEG a"), ("d.zip", b"ZIP")];
        let done = run(&studio, archives(entries), Role::Editor, id).unwrap();
        let made = studio.made(&done);
        assert_eq!(
            made.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
            ["a.jpg", "b.jpg", "c.jpg", "d.zip"]
        );
        assert_eq!((made[0].1.as_slice(), made[2].1.as_slice()), (&b"JPEG a"[..], &b"JPEG a"[..]));
        assert_eq!((new_blobs(&done), studio.blobs()), (2, 3));
        assert_eq!(done.results.unwrap()["files"].as_array().unwrap().len(), 4);
    }

    #[test]
    fn what_is_too_large_or_damaged_is_left_out_and_told_of() {
        let studio = Studio::default();
        let id = studio.with("stills.zip", b"ZIP");
        let entries: Vec<Entry> = vec![("large.jpg", LARGE), ("!cut.jpg", b"JPEG"), ("good.jpg", b"JPEG")];
        let done = run(&studio, archives(entries), Role::Editor, id).unwrap();
        assert_eq!(studio.made(&done).len(), 1);
        let refused = &done.results.unwrap()["refused"];
        assert_eq!(
            refused[0],
            json!({ "name": "large.jpg", "reason": "a file of type image may have at most 100 bytes" })
        );
        assert_eq!(refused[1], json!({ "name": "!cut.jpg", "reason": "it cannot be unpacked: it is damaged" }));
    }

    const LARGE: &[u8] =
        b"JPEG ...................................................................................................";

    #[test]
    fn what_cannot_be_done_fails_for_good_and_says_why() {
        let studio = Studio::default();
        let (script, archive) = (studio.with("a.txt", b"INT."), studio.with("a.zip", b"ZIP"));
        let mut bad = MockArchiveTool::new();
        bad.expect_open().returning(|_, _| Err(MediaError::unusable("the archive is refused")));
        for (failing, why) in [
            (run(&studio, archives(vec![]), Role::Editor, script), "no archive"),
            (run(&studio, archives(vec![("a", b"a")]), Role::Viewer, archive), "role"),
            (run(&studio, archives(vec![("a", b"a"); 1_001]), Role::Editor, archive), "at most 1000"),
            (run(&studio, bad, Role::Editor, archive), "the archive is refused"),
        ] {
            let failing = failing.unwrap_err();
            assert!(failing.permanent && failing.error.as_str().contains(why), "{failing:?}");
        }
    }

    #[test]
    fn files_that_a_sweep_may_take_away_are_not_recorded() {
        let studio = Studio::default();
        let id = studio.with("stills.zip", b"ZIP");
        let mut slow = MockArchiveTool::new();
        let clock = studio.clone();
        slow.expect_open().returning(move |_, _| {
            let (mut archive, clock) = (MockOpenArchive::new(), clock.clone());
            let entry = ArchiveEntry { name: FileName::parse("a").unwrap(), size: 1 };
            archive.expect_entries().return_const(vec![entry.clone(), entry]);
            archive.expect_read().returning(move |_| {
                clock.wait(3_001);
                Ok(reader(&[b"a"]))
            });
            Ok(Box::new(archive))
        });
        let failing = run(&studio, slow, Role::Editor, id).unwrap_err();
        assert!(failing.error.as_str().contains("50 minutes"), "{failing:?}");
    }
}
