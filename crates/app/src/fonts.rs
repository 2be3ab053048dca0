//! Fonts that an operator adds: the files of one folder.

use std::fs;
use std::io;
use std::path::Path;

use showrunner_render::NamedFont;

/// The fonts in `folder`, by their files' names; none where there is no such folder. Other files are left alone.
///
/// # Errors
/// Whatever cannot be read.
pub(crate) fn read(folder: &Path) -> io::Result<Vec<NamedFont>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "ttf" || ending == "otf"));
    paths.sort();
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    paths.iter().map(|path| Ok(NamedFont { name: name(path), bytes: fs::read(path)? })).collect()
}
