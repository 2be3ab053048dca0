//! The commands that a document shows, run as they stand there, and what it says that they print.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Backend, Server, Store};

/// The root of the workspace, where readers of the documents stand.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// A script for bash, run at the root.
pub(crate) fn shell(script: &str) -> Command {
    let mut command = Command::new("bash");
    command.arg("-c").arg(script).current_dir(root()).stdin(Stdio::null());
    command
}

/// A piece of a document between fences.
#[derive(Debug)]
pub(crate) struct Block {
    /// What stands behind the first fence, such as `sh`.
    pub(crate) info: String,
    /// What stands between the fences, without the indent of a list.
    pub(crate) text: String,
}

/// The blocks of `document`, in order.
pub(crate) fn blocks(document: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in document.lines().map(str::trim) {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(block),
            (Some(info), None) => open = Some(Block { info: info.to_owned(), text: String::new() }),
            (None, Some(block)) => open = Some(Block { text: block.text + line + "\n", ..block }),
            (None, None) => {}
        }
    }
    blocks
}

/// A command of a document, and what it says that the command prints.
struct Step {
    commands: String,
    prints: String,
}

fn steps(document: &str, backend: Backend) -> Vec<Step> {
    let ours = if backend == Backend::Sqlite { "sh sqlite" } else { "sh postgres" };
    let mut steps: Vec<Option<Step>> = Vec::new();
    for block in blocks(document) {
        match block.info.as_str() {
            "sh" => steps.push(Some(Step { commands: block.text, prints: String::new() })),
            info if info == ours => steps.push(Some(Step { commands: block.text, prints: String::new() })),
            "sh sqlite" | "sh postgres" => steps.push(None),
            "text" => {
                if let Some(step) = steps.last_mut().expect("a command before what it prints") {
                    step.prints.push_str(&block.text);
                }
            }
            _ => {}
        }
    }
    steps.into_iter().flatten().collect()
}

const MARK: &str = "--- the next command ---";

/// Runs the commands of the document at `path` on this store and server, in order and in one shell: each must succeed,
/// and print what the document says. `…` stands for anything, and other lines may stand between those shown.
pub(crate) fn follow_document(
    path: &str,
    store: &Store,
    server: &Server,
    backend: Backend,
    variables: &[(&str, &str)],
) {
    let document = std::fs::read_to_string(root().join(path)).unwrap();
    let steps = steps(&document, backend);
    assert!(!steps.is_empty(), "{path} shows no commands");
    let marked = format!("echo; echo '{MARK}'\n");
    let script: String = steps.iter().flat_map(|step| [step.commands.as_str(), &marked]).collect();
    let url = format!("http://{}", server.address);
    let mut command = shell(&format!("set -e\n{}", script.replace("http://127.0.0.1:3002", &url)));
    command.env("URL", &url).envs(variables.iter().copied()).env("SHOWRUNNER_DATA_DIR", store.folder("data"));
    if let [_, database] = store.database_flags()[..] {
        command.env("SHOWRUNNER_DATABASE_URL", database);
    }
    let binaries = Path::new(env!("CARGO_BIN_EXE_showrunner")).parent().unwrap();
    command.arg("bash").env("PATH", with_first_on_path(binaries));
    let output = command.output().unwrap();
    let (printed, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let outputs: Vec<&str> = printed.split(MARK).collect();
    for (step, output) in steps.iter().zip(&outputs) {
        assert_shown(&step.prints, output, path, &step.commands);
    }
    let failed = steps.get(outputs.len() - 1).map_or("", |step| &step.commands);
    assert!(output.status.success(), "{path}: {failed}{}{errors}", outputs.last().unwrap());
}

#[expect(clippy::disallowed_methods, reason = "the commands need what the shell of the tests finds")]
fn with_first_on_path(folder: &Path) -> String {
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap_or_default())
}

#[track_caller]
fn assert_shown(expected: &str, printed: &str, path: &str, commands: &str) {
    let mut lines = printed.lines();
    for pattern in expected.lines().map(str::trim) {
        let shown = lines.any(|line| fits(pattern, line.trim()));
        assert!(shown, "{path}: {commands}does not print `{pattern}` where that is expected, but:\n{printed}");
    }
}

/// Whether `line` is as `pattern` says; `…` stands for anything.
fn fits(pattern: &str, line: &str) -> bool {
    let mut pieces = pattern.split('…');
    let Some(mut rest) = pieces.next().and_then(|first| line.strip_prefix(first)) else { return false };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, between)) = pieces.split_last() else { return rest.is_empty() };
    for piece in between {
        let Some(found) = rest.find(piece) else { return false };
        rest = &rest[found + piece.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn a_pattern_is_no_looser_than_it_looks() {
    assert!(fits("activity | 0", "activity | 0") && fits("{\"a\":…}", "{\"a\":[1,{}]}") && fits("… b …", "a b c"));
    assert!(!fits("activity | 0", "activity | 10") && !fits("{…", "[{") && !fits("… b …", "a c") && !fits("a", "ab"));
}
