//! A confirmed change outlives a power cut: it was synced to the disk before the answer left. The page cache survives
//! a `kill -9`, so this is seen in the server's system calls alone.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::harness::{Backend, Store, eventually};

const CREATES: usize = 20;

#[test]
fn every_create_is_synced_to_the_write_ahead_log_before_its_answer_leaves() {
    let store = Store::new(Backend::Sqlite);
    let server = store.serve();
    let token = store.token("editor@example.com", "editor");
    let editor = server.api(&token);
    let (trace, notes) = (store.home().join("trace"), store.home().join("notes"));
    let mut strace = trace_of(server.pid(), &trace, &notes);
    eventually("strace is attached", || {
        assert!(strace.try_wait().unwrap().is_none(), "strace ended: {}", fs::read_to_string(&notes).unwrap());
        fs::read_to_string(&notes).unwrap().contains("attached").then_some(())
    });
    for number in 0..CREATES {
        editor.create("Pilot", number.try_into().unwrap());
    }
    server.kill();
    strace.wait().unwrap();

    let mut heard = Account::default();
    for line in fs::read_to_string(&trace).unwrap().lines() {
        heard.hear(line);
    }
    assert_eq!(heard.answers, CREATES, "the trace shows every answer");
}

fn trace_of(pid: u32, trace: &Path, notes: &Path) -> Child {
    Command::new("strace")
        .args([
            "-f",
            "-y",
            "-s",
            "64",
            "-e",
            "trace=fsync,fdatasync,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg",
        ])
        .arg("-o")
        .arg(trace)
        .args(["-p", &pid.to_string()])
        .stdin(Stdio::null())
        .stderr(File::create(notes).unwrap())
        .spawn()
        .expect("strace is missing: install it (Debian: apt-get install strace)")
}

/// What a trace of one create after another tells.
#[derive(Default)]
struct Account {
    asked: bool,
    synced: bool,
    syncing: HashSet<String>,
    answers: usize,
}

impl Account {
    /// Takes the next line: `PID call(FD<PATH>, …) = RESULT`, or its halves `… <unfinished ...>` and `<... resumed …`.
    fn hear(&mut self, line: &str) {
        let thread = line.split_whitespace().next().unwrap_or_default().to_owned();
        if line.contains("\"POST /api/v1/episodes") {
            (self.asked, self.synced) = (true, false);
            self.syncing.clear();
        } else if line.contains("sync(") && line.contains("-wal>") {
            if line.contains("<unfinished") {
                self.syncing.insert(thread);
            } else if line.contains("= 0") {
                self.synced = true;
            }
        } else if line.contains("sync resumed>") && line.contains("= 0") {
            self.synced |= self.syncing.remove(&thread);
        } else if line.contains("\"HTTP/1.1 201") && self.asked {
            assert!(self.synced, "answer {} left before its change was synced", self.answers);
            self.asked = false;
            self.answers += 1;
        }
    }
}
