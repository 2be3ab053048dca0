//! The parameters of requests about files.

use showrunner_domain::Invalid;
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::file::{FileFilter, FileName, FileQuery, FileType};
use showrunner_web::Query;

use crate::parse;
use crate::query::Parameters as _;

/// Which files are wanted.
pub(super) fn wanted(query: &mut Query) -> FileQuery {
    let filter = FileFilter {
        file_type: query.take("file_type", file_type),
        episode_id: query.take("episode_id", parse::episode_id),
        q: query.line("q"),
    };
    FileQuery { filter, after: query.cursor(), limit: query.limit(), total: query.switch("total"), asker: None }
}

/// What an upload says of its file, beside the bytes.
#[derive(Default)]
pub(super) struct About {
    pub(super) name: Option<FileName>,
    pub(super) episode_id: Option<EpisodeId>,
}

/// The same, from the query.
pub(super) fn about(query: &mut Query) -> About {
    About { episode_id: query.take("episode_id", parse::episode_id), ..about_file_of_episode(query) }
}

/// The same of a file for the episode that the path names.
pub(super) fn about_file_of_episode(query: &mut Query) -> About {
    About { name: query.take("name", |text| FileName::parse(text)), episode_id: None }
}

fn file_type(text: &str) -> Result<FileType, Invalid> {
    FileType::parse(text).ok_or(Invalid::Malformed { expected: "one of video, image, script, archive and other" })
}
