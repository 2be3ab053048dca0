//! Where a store is and is not: which commands make one, what is refused in its place, and who may read it.

use std::fs::{self, Permissions};
use std::io::Read as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::harness::{Backend, PATIENCE, Server, Store, on_both_stores};

on_both_stores!(
    no_command_makes_a_store_but_those_that_are_to,
    a_key_is_made_only_in_a_folder_that_somebody_named,
    a_store_of_a_later_release_is_refused,
    reverting_a_migration_that_loses_rows_needs_a_yes,
    a_start_that_cannot_listen_has_migrated_nothing,
    a_data_folder_or_a_key_that_others_can_read_is_refused_with_the_command_that_mends_it,
    what_a_server_writes_is_its_owners_alone,
    a_new_store_is_not_made_over_the_files_of_another,
    a_start_that_fails_says_why,
);

/// What a command says of its failure. A server that starts after all is ended.
#[track_caller]
fn refused(command: &mut Command) -> String {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let said = thread::spawn(move || {
        let mut said = String::new();
        stderr.read_to_string(&mut said).map(|_| said)
    });
    let begun = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > PATIENCE => {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("{command:?} goes on");
            }
            None => thread::sleep(Duration::from_millis(10)),
        }
    };
    let said = said.join().unwrap().unwrap();
    assert!(!status.success(), "{command:?} succeeded: {said}");
    said
}

#[track_caller]
fn succeeds(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().unwrap();
    assert!(status.success(), "{command:?}: {}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

fn serve(store: &Store) -> Command {
    let mut command = store.command("serve", "data");
    command.args(["--listen", "127.0.0.1:0"]);
    command
}

fn no_command_makes_a_store_but_those_that_are_to(backend: Backend) {
    let store = Store::new(backend);
    let commands: [&[&str]; 7] = [
        &["restored"],
        &["token", "--email", "admin@example.com", "--role", "admin"],
        &["user", "list"],
        &["user", "add", "editor@example.com", "--role", "editor"],
        &["user", "set-up-link", "editor@example.com"],
        &["migrate", "status"],
        &["migrate", "down"],
    ];
    let place = match store.database_flags()[..] {
        [_, url] => url.rsplit_once('/').unwrap().1.to_owned(),
        _ => store.folder("data/showrunner.db").to_str().unwrap().to_owned(),
    };
    for words in commands {
        let said = refused(&mut store.words(words, "data"));
        assert!(said.contains("there is no store at ") && said.contains(&place), "{words:?}: {said}");
        assert!(said.contains("start serve there once"), "{words:?}: {said}");
        assert!(!store.folder("data").exists(), "{words:?}");
    }
    succeeds(&mut store.words(&["migrate", "up"], "data"));
    succeeds(&mut store.words(&["token", "--email", "admin@example.com", "--role", "admin"], "data"));
}

fn a_key_is_made_only_in_a_folder_that_somebody_named(backend: Backend) {
    let store = Store::migrated(backend);
    let here = store.folder("here");
    fs::create_dir(&here).unwrap();
    let database = match store.database_flags()[..] {
        [_, url] => url.to_owned(),
        _ => format!("sqlite:{}", store.folder("data/showrunner.db").display()),
    };
    let mut token = Command::new(env!("CARGO_BIN_EXE_showrunner"));
    token.args(["token", "--email", "admin@example.com", "--role", "admin", "--database-url", &database]);
    let said = refused(token.current_dir(&here));
    assert!(said.contains("no signing key in ./data") && said.contains("--data-dir"), "{said}");
    assert_eq!(fs::read_dir(&here).unwrap().count(), 0);
    succeeds(token.args(["--data-dir", "named"]));
    assert!(here.join("named/signing-key.pem").exists());
}

fn a_store_of_a_later_release_is_refused(backend: Backend) {
    let store = Store::migrated(backend);
    store.outside().run("insert into __diesel_schema_migrations (version) values ('99990101000000')");
    let token = ["token", "--email", "admin@example.com", "--role", "admin"];
    for words in [
        ["serve", "--listen", "127.0.0.1:0"].as_slice(),
        &["worker"],
        &token,
        &["migrate", "up"],
        &["migrate", "status"],
    ] {
        let said = refused(&mut store.words(words, "data"));
        assert!(said.contains("99990101000000") && said.contains("release"), "{words:?}: {said}");
    }
}

fn reverting_a_migration_that_loses_rows_needs_a_yes(backend: Backend) {
    let store = Store::new(backend);
    let server = store.serve();
    server.api(&store.token("editor@example.com", "editor")).create("Pilot", 1);
    server.kill();
    let applied = |store: &Store| {
        let status = succeeds(&mut store.words(&["migrate", "status"], "data"));
        status.lines().filter(|line| line.starts_with("applied")).count()
    };
    let all = applied(&store);
    let mut asked = None;
    while applied(&store) > 1 {
        let Output { status, stderr, .. } =
            store.words(&["migrate", "down"], "data").stdin(Stdio::null()).output().unwrap();
        if !status.success() {
            asked = Some(String::from_utf8(stderr).unwrap());
            assert!(succeeds(&mut store.words(&["migrate", "down", "--yes"], "data")).contains("reverted"));
        }
    }
    let asked = asked.expect("some of the migrations hold rows");
    assert!(asked.contains("--yes") && asked.contains("table"), "{asked}");
    let said = refused(&mut store.words(&["migrate", "down"], "data"));
    assert!(said.contains("the table episodes with 1 rows"), "{said}");
    assert_eq!((applied(&store), store.outside().count("episodes")), (1, 1), "of {all} migrations");
    let said = refused(&mut store.words(&["token", "--email", "editor@example.com", "--role", "editor"], "data"));
    assert!(said.contains("lacks migrations"), "{said}");
}

fn a_start_that_cannot_listen_has_migrated_nothing(backend: Backend) {
    let store = Store::new(backend);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let said = refused(store.command("serve", "data").args(["--listen", &address]));
    assert!(said.contains(&address), "{said}");
    assert!(!store.folder("data").exists());
    assert!(refused(&mut store.words(&["migrate", "status"], "data")).contains("there is no store"));
}

fn a_data_folder_or_a_key_that_others_can_read_is_refused_with_the_command_that_mends_it(backend: Backend) {
    let store = Store::new(backend);
    store.serve().kill();
    let (folder, key) = (store.folder("data"), store.folder("data/signing-key.pem"));
    for (path, open, closed) in [(&folder, 0o755, 0o700), (&folder, 0o750, 0o700), (&key, 0o644, 0o600)] {
        fs::set_permissions(path, Permissions::from_mode(open)).unwrap();
        let command = format!("chmod {closed:o} {}", path.display());
        let said = refused(&mut serve(&store));
        assert!(said.contains(&command), "{said}");
        assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
        store.serve().kill();
    }
}

/// Every file and folder below `path` with its mode.
fn modes(path: &Path, found: &mut Vec<(PathBuf, u32)>) {
    let metadata = fs::metadata(path).unwrap();
    found.push((path.to_owned(), metadata.permissions().mode() & 0o777));
    if metadata.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            modes(&entry.unwrap().path(), found);
        }
    }
}

fn what_a_server_writes_is_its_owners_alone(backend: Backend) {
    let store = Store::new(backend);
    let elsewhere = store.folder("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::set_permissions(&elsewhere, Permissions::from_mode(0o777)).unwrap();
    let server = Server::start(&store, "data", |command| {
        command.arg("--blobs-url").arg(format!("file:{}", elsewhere.display()));
        if backend == Backend::Sqlite {
            command.arg("--database-url").arg(format!("sqlite:{}/a.db", elsewhere.display()));
        }
    });
    if backend == Backend::Postgres {
        server.api(&store.token("editor@example.com", "editor")).upload("a.txt", b"text");
    }
    let mut found = Vec::new();
    modes(&store.folder("data"), &mut found);
    let within = found.len();
    for entry in fs::read_dir(&elsewhere).unwrap() {
        modes(&entry.unwrap().path(), &mut found);
    }
    assert!(found.len() > within && within > 1, "{found:?}");
    if backend == Backend::Sqlite {
        assert!(found.iter().any(|(path, _)| path.ends_with("a.db-wal")), "{found:?}");
    }
    for (path, mode) in found {
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
    }
}

fn a_new_store_is_not_made_over_the_files_of_another(backend: Backend) {
    let store = Store::new(backend);
    let blob = store.folder("data/blobs/3f");
    fs::create_dir_all(&blob).unwrap();
    fs::set_permissions(store.folder("data"), Permissions::from_mode(0o700)).unwrap();
    fs::write(blob.join("a"), "x").unwrap();
    let said = refused(&mut serve(&store));
    assert!(said.contains(store.folder("data/blobs").to_str().unwrap()) && said.contains("restore"), "{said}");
    fs::remove_dir_all(store.folder("data/blobs")).unwrap();
    store.serve();
}

/// A trigger refuses what a first start writes.
fn a_start_that_fails_says_why(backend: Backend) {
    let store = Store::migrated(backend);
    let mut outside = store.outside();
    match backend {
        Backend::Sqlite => outside.run(
            "create trigger refuse before insert on users begin select raise(abort, 'refused from outside'); end",
        ),
        Backend::Postgres => outside.run(
            "create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused from outside'; end $$;
             create trigger refuse before insert on users for each row execute function refuse()",
        ),
    }
    let said = refused(&mut serve(&store));
    assert!(said.contains("refused from outside"), "{said}");
}

#[test]
fn a_database_file_that_is_none_is_an_error_and_stays_as_it_is() {
    let store = Store::new(Backend::Sqlite);
    let server = store.serve();
    let editor = server.api(&store.token("editor@example.com", "editor"));
    for number in 0..50 {
        editor.create("Pilot", number);
    }
    server.terminate();
    let mut server = server;
    server.wait();
    let path = store.folder("data/showrunner.db");
    // What a log beside it holds would be taken for pages that are cut off here.
    succeeds(Command::new("sqlite3").arg(&path).arg("pragma wal_checkpoint(truncate)"));
    assert!(!store.folder("data/showrunner.db-wal").exists());
    let whole = fs::read(&path).unwrap();
    assert!(whole.len() > 100_000, "the log was written back: {}", whole.len());
    let zeroed = |range: std::ops::Range<usize>| {
        let mut bytes = whole.clone();
        bytes[range].fill(0);
        bytes
    };
    let foreign = {
        let other = store.home().join("other.db");
        let mut sqlite3 = Command::new("sqlite3");
        succeeds(sqlite3.arg(&other).arg("create table t (a); insert into t values (1)"));
        fs::read(other).unwrap()
    };
    let cases: [(&str, Vec<u8>); 8] = [
        ("cut to nothing", vec![]),
        ("cut to a page", whole[..4096].to_vec()),
        ("cut in half", whole[..whole.len() / 2].to_vec()),
        ("cut within a page", whole[..5000].to_vec()),
        ("zeroes alone", vec![0; whole.len()]),
        ("no header", zeroed(0..100)),
        ("no first page", zeroed(100..4096)),
        ("another program's", foreign),
    ];
    for (name, bytes) in cases {
        fs::write(&path, &bytes).unwrap();
        for command in
            [&mut serve(&store), &mut store.words(&["token", "--email", "a@example.com", "--role", "admin"], "data")]
        {
            let said = refused(command);
            assert!(said.contains(path.to_str().unwrap()), "{name}: {said}");
        }
        assert!(fs::read(&path).unwrap() == bytes, "{name}: the file was written to");
    }
    fs::remove_file(&path).unwrap();
    fs::write(store.folder("data/showrunner.db-wal"), "what is left of one").unwrap();
    assert!(refused(&mut serve(&store)).contains("showrunner.db-wal"), "a log without its database");
    fs::remove_file(store.folder("data/showrunner.db-wal")).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(refused(&mut serve(&store)).contains(path.to_str().unwrap()), "a folder in its place");
    fs::remove_dir(&path).unwrap();
    fs::write(&path, &whole).unwrap();
    store.serve();
}

#[test]
fn no_piece_of_a_password_is_printed_whatever_is_wrong_with_the_settings() {
    let store = Store::new(Backend::Sqlite);
    let home = store.home();
    let urls = [
        "postgres://app:hunter@seven@127.0.0.1:1/db",
        "postgres://app:hunter/seven@127.0.0.1:1/db",
        "postgres://app:hunter?seven@127.0.0.1:1/db",
        "postgres://app:hunter#seven@127.0.0.1:1/db",
        "postgres://app:hunter:seven@127.0.0.1:1/db",
        "postgres://app:hunter%seven@127.0.0.1:1/db",
        "postgres://app:hunter seven@127.0.0.1:1/db",
        "postgres://app:hunterseven@127.0.0.1:port/db",
        "postgres://app:hunterseven@127.0.0.1:1/db?sslmode=hunterseven",
        "postgres://app:hunterseven@127.0.0.1:1/db?hunterseven",
        "postgres://app:hunterseven@127.0.0.1:1/db?hunterseven=1",
        "postgres://app:hunterseven@[::1/db",
        "postgres://app:hunterseven@127.0.0.1:1/db",
        "postgres://app:hunterseven",
        "postgres://127.0.0.1:1/db?user=app&password=hunter&seven",
        "postgres://127.0.0.1:1/db?user=app&password=hunter=seven",
        "postgres:/app:hunterseven@127.0.0.1/db",
        "postgresql+psycopg://app:hunterseven@127.0.0.1/db",
        "mysql://app:hunterseven@127.0.0.1/db",
        "sqlite:postgres://app:hunterseven@127.0.0.1/db",
        "host=127.0.0.1 user=app password=hunterseven",
        "hunter2seven",
    ];
    let bare = |words: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_showrunner"));
        command.args(words).current_dir(home);
        command
    };
    let token = ["token", "--email", "a@example.com", "--role", "admin"];
    for url in urls {
        let mut commands = vec![
            ("a flag", bare(&[&["user", "list", "--database-url", url][..]].concat())),
            ("a word", bare(&["serve", url])),
            ("a flag that is none", bare(&["serve", &format!("--databse-url={url}")])),
            ("a role", bare(&["token", "--email", "a@example.com", "--role", url])),
        ];
        for setting in ["DATABASE_URL", "LISTEN", "FILE_LIMITS", "TRUSTED_PROXIES", "FORWARDED_HEADER"] {
            let mut command = bare(&token);
            command.env(format!("SHOWRUNNER_{setting}"), url);
            commands.push(("a variable", command));
        }
        for text in
            [format!("database_url = {url}"), format!("database_url = \"{url}\""), format!("{url} = 1"), url.to_owned()]
        {
            let file = home.join("settings.toml");
            fs::write(&file, text).unwrap();
            let said = refused(bare(&token).arg("--config").arg(&file));
            assert!(!said.contains("hunter") && !said.contains("seven"), "a file with {url}: {said}");
        }
        for (how, mut command) in commands {
            let said = refused(&mut command);
            let repeated = said.contains("hunter") || said.contains("seven");
            // What is not a URL may be said to whoever typed it as an unknown word.
            assert!(
                !repeated || (how != "a variable" && how != "a flag" && !url.contains("://")),
                "{how} with {url}: {said}"
            );
        }
    }
}

#[test]
fn an_unknown_variable_is_one_warning_that_names_the_nearest_setting() {
    let store = Store::migrated(Backend::Sqlite);
    let mut command = store.command("token", "data");
    command
        .args(["--email", "a@example.com", "--role", "admin"])
        .env("SHOWRUNNER_DATABSE_URL", "postgres://app:secret@db");
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();
    let lines: Vec<&str> = said.lines().filter(|line| line.contains("SHOWRUNNER_DATABSE_URL")).collect();
    let [line] = lines[..] else { panic!("{said}") };
    assert!(line.contains("WARN") && line.contains("SHOWRUNNER_DATABASE_URL") && !said.contains("secret"), "{said}");
    assert!(status.success());
}
