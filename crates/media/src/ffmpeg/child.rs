//! One run of a program, within bounds.

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process_group};
use showrunner_domain::media::MediaError;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::lines::Complaints;

/// How much memory a program may have, in bytes: enough for pictures of 8K.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 4 * 1024 * 1024 * 1024;
/// How many threads of each kind a program may have; there are as many jobs at once as cores.
pub(super) const THREADS: u8 = 2;

/// Runs `command` in `folder` for at most `time`; `heard` takes what it writes. What it complains about becomes the error.
/// Where the future is dropped the program is killed.
pub(super) async fn run(
    mut command: Command,
    folder: &Path,
    time: Duration,
    mut heard: impl FnMut(&[u8]) + Send,
) -> Result<(), MediaError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).kill_on_drop(true);
    let mut running = Running(command.spawn().map_err(MediaError::failed)?);
    bound(&running.0, time).map_err(MediaError::failed)?;
    let (stdout, stderr) = (running.0.stdout.take(), running.0.stderr.take());
    let mut complaints = Complaints::default();
    let work = async {
        tokio::try_join!(listen(stdout, &mut heard), listen(stderr, |bytes| complaints.take(bytes)))?;
        running.0.wait().await
    };
    let status = match timeout(time, work).await {
        Ok(status) => status.map_err(MediaError::failed)?,
        Err(_) => return Err(too_much(format!("it took longer than {} minutes", time.as_secs() / 60))),
    };
    if status.success() { Ok(()) } else { Err(why(status, &complaints.told(folder))) }
}

/// A program that runs, and is killed with all that it has started when this goes.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(group) = pid(&self.0) {
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}

/// The process, unless it was waited for: then its number may be another's.
fn pid(child: &Child) -> Option<Pid> {
    child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw)
}

async fn listen(stream: Option<impl AsyncRead + Unpin>, mut heard: impl FnMut(&[u8])) -> std::io::Result<()> {
    let (Some(mut stream), mut buffer) = (stream, vec![0; 8 * 1024]) else { return Ok(()) };
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(()),
            count => heard(&buffer[..count]),
        }
    }
}

/// Bounds memory, and processor time for the case that nobody is left to watch the clock.
#[cfg(target_os = "linux")]
fn bound(child: &Child, time: Duration) -> Result<(), Errno> {
    use rustix::process::{Resource, Rlimit, prlimit};

    let seconds = time.as_secs() * u64::from(THREADS) * 2;
    for (resource, most) in [(Resource::Data, MEMORY), (Resource::Cpu, seconds), (Resource::Core, 0)] {
        let limit = Rlimit { current: Some(most), maximum: Some(most) };
        match pid(child).map(|pid| prlimit(Some(pid), resource, limit)) {
            // What has ended needs no bounds.
            None | Some(Ok(_) | Err(Errno::SRCH)) => {}
            Some(Err(error)) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn bound(_child: &Child, _time: Duration) -> Result<(), Errno> {
    Ok(())
}

fn why(status: ExitStatus, told: &str) -> MediaError {
    if let Some(signal) = status.signal() {
        return MediaError::failed(format!("signal {signal} has ended it"));
    }
    if told.contains("No space left on device") {
        return MediaError::failed("there is no room left for what it makes");
    }
    if told.contains("Cannot allocate memory") {
        return too_much("it takes too much memory");
    }
    MediaError::unusable(format!("the video cannot be read: {told}"))
}

pub(super) fn too_much(reason: impl Into<String>) -> MediaError {
    MediaError::TooMuch { reason: reason.into() }
}
