//! `showrunner bench`: measures this very program as a server.

use std::fs::File;
use std::time::Duration;

use showrunner_bench::{Plan, Work};

use super::CommandError;
use crate::cli::BenchFlags;
use crate::open_files;

pub(super) fn run(flags: BenchFlags) -> Result<(), CommandError> {
    open_files::raise_limit();
    // Made first, so that nobody waits for minutes to learn that it cannot be.
    let json = flags.json.as_ref().map(File::create).transpose().map_err(CommandError::Report)?;
    let report = showrunner_bench::run(&plan(flags)?, &|what| eprintln!("{what}"))?;
    print!("{report}");
    json.map_or(Ok(()), |file| serde_json::to_writer_pretty(file, &report))
        .map_err(|error| CommandError::Report(error.into()))
}

fn plan(flags: BenchFlags) -> Result<Plan, CommandError> {
    let (runs, run, usual) =
        if flags.quick { (1, Duration::from_secs(1), 1_000) } else { (3, Duration::from_secs(flags.seconds), 10_000) };
    Ok(Plan {
        program: std::env::current_exe().map_err(CommandError::Server)?,
        database_url: flags.database_url,
        works: Work::ALL.into_iter().filter(|work| flags.only.is_empty() || flags.only.contains(work)).collect(),
        runs,
        run,
        episodes: usize::try_from(flags.episodes.unwrap_or(usual)).unwrap_or(usize::MAX),
    })
}
