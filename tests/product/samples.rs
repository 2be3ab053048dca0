//! The README's five minutes, run as they stand there: whoever copies its commands sees every episode arrive.

use std::io::{BufRead as _, BufReader, Read};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::harness::{Backend, PATIENCE, Server, Store, blocks, root, shell};

const HEADING: &str = "## Five minutes to the first live event";

#[test]
fn the_readmes_five_minutes_work_as_written_on_both_stores() {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let [start, prepare, watch, load, by_hand, picture] =
        shell_blocks(&readme).try_into().expect("six blocks of commands");
    assert_eq!(start, "make run\n");
    assert!(shell(&prepare).status().unwrap().success());
    for backend in [Backend::Sqlite, Backend::Postgres] {
        let store = Store::new(backend);
        let server = store.serve();
        follow(&store, &server, &watch, &format!("set -e\n{load}{by_hand}{picture}"));
    }
}

/// Watches by one script what another does.
fn follow(store: &Store, server: &Server, watch: &str, load: &str) {
    let here = |script: &str| in_this_place(script, store, server);
    let watcher = Watcher::start(shell(&here(watch)));
    watcher.wait_for("watching episodes");
    let loaded = shell(&here(load)).output().unwrap();
    let (answers, errors) = (String::from_utf8_lossy(&loaded.stdout), String::from_utf8_lossy(&loaded.stderr));
    assert!(loaded.status.success(), "{answers}{errors}");
    assert!(answers.contains("Created 20 episodes."), "{answers}");
    assert!(answers.contains(r#""action":"CREATE""#) && answers.contains(r#""title":"Episode created""#), "{answers}");

    let mut expected: Vec<String> = sample_titles();
    expected.push("No Más".into());
    let (mut seen, mut last) = (Vec::new(), 0);
    while seen.last() != expected.last() {
        let line = watcher.line();
        let [seq, event, title] = line.splitn(3, ' ').collect::<Vec<_>>().try_into().expect("seq, event and title");
        let seq: i64 = seq.parse().unwrap();
        assert!(seq > last && event == "episode_created", "{line} after {last}");
        last = seq;
        seen.push(title.to_owned());
    }
    assert_eq!(seen, expected, "every episode once and in order");
    assert!(answers.contains("Rendered target/thumbnail.jpg"), "{answers}");
    let picture = std::fs::read(root().join("target/thumbnail.jpg")).unwrap();
    assert!(picture.starts_with(&[0xFF, 0xD8]), "it is a JPEG");
    assert!(watcher.line().contains("episode_updated"), "the episode has got its thumbnail");
    watcher.wait_for("dropping the connection");
    watcher.wait_for("watching episodes");
}

fn sample_titles() -> Vec<String> {
    let sample = std::fs::read_to_string(root().join("docs/samples/breaking-bad.ndjson")).unwrap();
    let episodes = sample.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let titles: Vec<String> = episodes.map(|episode| episode["title"].as_str().unwrap().to_owned()).collect();
    assert_eq!(titles.len(), 20);
    titles
}

/// The blocks of commands in the README's section.
fn shell_blocks(readme: &str) -> Vec<String> {
    let (_, section) = readme.split_once(HEADING).expect("the section of the five minutes");
    let section = section.split("\n## ").next().unwrap();
    blocks(section).into_iter().filter(|block| block.info == "sh").map(|block| block.text).collect()
}

/// The same commands for this test's binary, store and server instead of the reader's.
fn in_this_place(script: &str, store: &Store, server: &Server) -> String {
    let token = store.command("token", "data");
    let words = std::iter::once(token.get_program()).chain(token.get_args());
    let token: Vec<String> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
    let url = format!("http://{}", server.address);
    let script = script.replace("target/release/showrunner token", &token.join(" "));
    format!("export URL={url}\n{}", script.replace("http://127.0.0.1:3002", &url))
}

/// A script that prints for as long as it is let. It ends with this value, and so does what it has started.
struct Watcher {
    script: Child,
    output: Receiver<String>,
    remarks: Receiver<String>,
}

impl Watcher {
    fn start(mut command: Command) -> Self {
        command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut script = command.spawn().unwrap();
        let (output, remarks) = (lines(script.stdout.take().unwrap()), lines(script.stderr.take().unwrap()));
        Self { script, output, remarks }
    }

    /// The next line of output.
    fn line(&self) -> String {
        self.output.recv_timeout(PATIENCE).expect("another line of output")
    }

    /// Reads remarks up to one that begins so.
    fn wait_for(&self, beginning: &str) {
        while !self.remarks.recv_timeout(PATIENCE).expect(beginning).starts_with(beginning) {}
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let group = Pid::from_raw(self.script.id().try_into().unwrap()).unwrap();
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.script.wait();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let lines = BufReader::new(stream).lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    receiver
}
