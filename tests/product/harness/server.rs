//! The real server as a child process.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use super::{Api, Live, PASSWORD, Store, eventually};

/// What the server says on stdout, once, when it accepts connections.
const LISTENS: &str = "Showrunner listens on http://";

/// A running server. It is killed when this value goes, and its log is shown if that happens in a failing test.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    /// The address: `127.0.0.1:PORT`.
    pub(crate) address: String,
    /// The token of the set-up link, if it printed one.
    pub(crate) set_up: Option<String>,
}

/// Somebody who has signed in by a password.
pub(crate) struct SignedIn {
    pub(crate) api: Api,
    pub(crate) id: String,
    pub(crate) token: String,
}

impl Server {
    /// Starts the server on a data folder of `store`, after `prepare` had its way with the command, and waits until
    /// it accepts connections.
    pub(crate) fn start(store: &Store, folder: &str, prepare: impl FnOnce(&mut Command)) -> Self {
        let log = store.home().join(format!("{folder}-{:08x}.log", fastrand::u32(..)));
        let mut command = store.command("serve", folder);
        command.args(["--listen", "127.0.0.1:0"]).stdin(Stdio::null()).stdout(Stdio::piped());
        command.stderr(File::create(&log).unwrap());
        prepare(&mut command);
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let mut server = Self { child, log, address: String::new(), set_up: None };
        let (mut line, mut stdout) = (String::new(), BufReader::new(stdout));
        stdout.read_line(&mut line).unwrap();
        let address = line.trim_end().strip_prefix(LISTENS);
        address.unwrap_or_else(|| panic!("the server did not start; it said {line:?}")).clone_into(&mut server.address);
        // The server says everything at once, so what follows has come too.
        let rest = String::from_utf8_lossy(stdout.buffer()).into_owned();
        server.set_up = rest.trim_end().split_once("/setup?token=").map(|(_, token)| token.to_owned());
        server
    }

    /// The operating system's number of the process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }

    /// An HTTP client of this server.
    pub(crate) fn api(&self, token: &str) -> Api {
        Api::new(&self.address, token)
    }

    /// A client of somebody new who has signed in by a password: `admin` makes their account.
    #[track_caller]
    pub(crate) fn sign_in_new(&self, admin: &Api, email: &str, role: &str) -> SignedIn {
        let account = json!({"email": email, "name": email, "role": role, "password": PASSWORD});
        let created = admin.post("/api/v1/users", &account);
        assert_eq!(created.status, 201, "{created:?}");
        let token = self.login(email);
        let id = created.body["data"]["id"].as_str().unwrap().to_owned();
        SignedIn { api: self.api(&token), id, token }
    }

    /// A live client of this server, authenticated.
    pub(crate) fn live(&self, token: &str) -> Live {
        Live::connect(&self.address, token).unwrap()
    }

    /// Kills it as the operating system does: without a word, at once.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        let pid = Pid::from_raw(self.pid().try_into().unwrap()).unwrap();
        kill_process(pid, Signal::TERM).unwrap();
    }

    /// Waits until it has ended.
    pub(crate) fn wait(&mut self) -> ExitStatus {
        eventually("the server ends", || self.child.try_wait().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if thread::panicking() {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            let end = lines[lines.len().saturating_sub(60)..].join("\n");
            eprintln!("--- the end of the server's log ({}):\n{end}\n---", self.address);
        }
    }
}
