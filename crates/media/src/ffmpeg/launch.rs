//! Starting programs so that they end with this one, however it ends: `kill -9` leaves no time to kill them.
//!
//! The kernel sends a process the signal that it has asked for when its parent ends (`prctl(2)`, `PR_SET_PDEATHSIG`).
//! Only the process itself can ask, after the fork, and what runs between `fork` and `exec` would need unsafe code here. So this
//! program is started once more, asks, and becomes the other program: the request survives that (`prctl(2)`).
//!
//! The parent is the thread that starts a program: where that ends before its process does, the program ends with it.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::PathBuf;
use std::process::Command;

/// A program that calls [`exec_tied`] with the arguments behind its own: the number of its parent, then a program and its
/// arguments.
#[derive(Debug, Clone)]
pub struct Launcher {
    /// The program.
    pub program: PathBuf,
    /// What makes it call [`exec_tied`].
    pub args: Vec<OsString>,
}

impl Launcher {
    /// The command that starts `program` by this launcher.
    pub(super) fn command(&self, program: &OsStr) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.program);
        command.args(&self.args).arg(std::process::id().to_string()).arg(program);
        command
    }
}

/// Ties this process to `parent` and becomes `program`. Answers only where that fails.
#[cfg(target_os = "linux")]
#[must_use]
pub fn exec_tied(parent: u32, program: &OsStr, args: &[OsString]) -> io::Error {
    use std::os::unix::process::{CommandExt as _, parent_id};

    use rustix::process::{Signal, set_parent_process_death_signal};

    if let Err(error) = set_parent_process_death_signal(Some(Signal::KILL)) {
        return error.into();
    }
    // A parent that ended before the request was made ends nobody any more.
    if parent_id() != parent {
        return io::Error::other("the process that wanted this has ended");
    }
    Command::new(program).args(args).exec()
}

/// Becomes `program`: only Linux ties processes to their parent.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn exec_tied(_parent: u32, program: &OsStr, args: &[OsString]) -> io::Error {
    use std::os::unix::process::CommandExt as _;

    Command::new(program).args(args).exec()
}
