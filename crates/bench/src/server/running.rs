//! A running server.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command};

use rustix::process::{Pid, Signal, kill_process};

use crate::BenchError;

/// What the server says before its address, once it accepts connections.
const LISTENS: &str = "Showrunner listens on http://";

/// A server in a process of its own. It is killed when this value goes.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// Kept open, so that it may go on printing.
    _printed: BufReader<ChildStdout>,
}

impl Server {
    /// Runs `command`, whose output is piped, and waits until it accepts connections or ends.
    pub(super) fn start(mut command: Command) -> Result<Self, BenchError> {
        let mut child = command.spawn().map_err(failed)?;
        let printed = child.stdout.take().map(BufReader::new);
        match printed.map(heard).transpose() {
            Ok(Some((printed, Some(address)))) => Ok(Self { child, address, _printed: printed }),
            other => {
                let _ = child.kill();
                child.wait().map_err(failed)?;
                other.and(Err(BenchError::NeverListened))
            }
        }
    }

    /// The operating system's number of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Asks it to end, as a supervisor does, and waits until it has.
    pub(crate) fn stop(mut self) -> Result<(), BenchError> {
        if let Some(pid) = i32::try_from(self.pid()).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::TERM).map_err(|error| failed(error.into()))?;
        }
        self.child.wait().map(drop).map_err(failed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Reads up to the address; nothing where the output ends before.
fn heard(mut printed: BufReader<ChildStdout>) -> Result<(BufReader<ChildStdout>, Option<SocketAddr>), BenchError> {
    let mut line = String::new();
    while printed.read_line(&mut line).map_err(failed)? > 0 {
        if let Some(address) = line.trim_end().strip_prefix(LISTENS).and_then(|address| address.parse().ok()) {
            return Ok((printed, Some(address)));
        }
        line.clear();
    }
    Ok((printed, None))
}

fn failed(source: std::io::Error) -> BenchError {
    BenchError::Program { command: "serve".to_owned(), source }
}
