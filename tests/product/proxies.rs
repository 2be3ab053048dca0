//! Behind the proxy that docs/deployment.md describes: a real nginx, clients with addresses of their own, and forged headers.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use crate::harness::{Api, Backend, Live, Server, Store, blocks, eventually, on_both_stores, root};

on_both_stores!(
    a_client_that_forges_headers_locks_nobody_out_but_itself,
    a_header_is_believed_from_a_trusted_proxy_alone,
    the_documented_proxy_lets_everything_through,
);

const PASSWORD: &str = "correct horse battery";
/// Addresses of this machine from which the clients come; the proxy comes from 127.0.0.1.
const ATTACKER: &str = "127.0.0.2";
const HONEST: &str = "127.0.0.3";

/// nginx with the configuration of docs/deployment.md before a server. It ends with this value.
struct Proxy {
    process: Child,
    address: String,
}

impl Proxy {
    fn before(server: &Server, store: &Store) -> Self {
        let folder = store.folder("nginx");
        fs::create_dir(&folder).unwrap();
        let document = fs::read_to_string(root().join("docs/deployment.md")).unwrap();
        let location = blocks(&document).into_iter().find(|block| block.info == "nginx").expect("a configuration").text;
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        // Workers of a master that is root would be another user, who cannot enter the folder.
        let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
        let temporary =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|kind| format!("{kind}_temp_path {kind};\n"));
        let configuration = format!(
            "daemon off; {user} pid nginx.pid; error_log stderr; events {{}}\nhttp {{ access_log off;\n{}server {{ listen {address};\n{} }} }}\n",
            temporary.concat(),
            location.replace("127.0.0.1:3002", &server.address),
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        // Debian keeps it where only root looks.
        let program = ["/usr/sbin/nginx", "nginx"].into_iter().find(|program| Path::new(program).exists());
        let mut command = Command::new(program.unwrap_or("nginx"));
        command.args(["-e", "stderr", "-p"]).arg(&folder).arg("-c").arg(&file).stdin(Stdio::null());
        command.stderr(fs::File::create(folder.join("log")).unwrap());
        let proxy = Self { process: command.spawn().expect("nginx: run scripts/tools.sh"), address };
        eventually("nginx answers", || {
            let answer = Command::new("curl").args(["-sf", &format!("http://{}/livez", proxy.address)]).output();
            answer.unwrap().status.success().then_some(())
        });
        proxy
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // Asked to end, the master ends its workers.
        let _ = kill_process(Pid::from_child(&self.process), Signal::TERM);
        let _ = self.process.wait();
    }
}

/// POST of JSON from one of this machine's addresses: the status and the body of the answer.
fn post(from: &str, to: &str, path: &str, headers: &[String], body: &Value) -> (u16, Value) {
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--interface", from, "--write-out", "\n%{http_code}", "--data-binary"]);
    curl.arg(body.to_string()).args(["--header", "Content-Type: application/json"]);
    for header in headers {
        curl.args(["--header", header]);
    }
    let output = curl.arg(format!("http://{to}{path}")).output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let (body, status) = printed.rsplit_once('\n').unwrap();
    let failed = || panic!("{printed} {}", String::from_utf8_lossy(&output.stderr));
    (status.parse().unwrap_or_else(|_| failed()), serde_json::from_str(body).unwrap_or_default())
}

fn login(from: &str, to: &str, headers: &[String], password: &str) -> (u16, Value) {
    let body = json!({"email": "admin@example.com", "password": password});
    post(from, to, "/api/v1/auth/login", headers, &body)
}

/// Headers by which somebody claims to be elsewhere, others each time.
fn forged(number: usize) -> Vec<String> {
    let address = format!("203.0.113.{}", number % 250 + 1);
    vec![
        format!("X-Forwarded-For: {address}"),
        "X-Forwarded-For: 198.51.100.7, 127.0.0.1".to_owned(),
        format!("Forwarded: for={address};proto=https"),
        format!("Forwarded: for=\"[2001:db8::{number:x}]\", for=\""),
        format!("X-Real-IP: {address}"),
    ]
}

/// A server that trusts 127.0.0.1, with an administrator who has a password, and nginx before it.
fn stage(backend: Backend) -> (Store, Server, Proxy) {
    let store = Store::new(backend);
    let server = Server::start(&store, "data", |command| {
        command.args(["--trusted-proxies", "127.0.0.1/32,::1/128"]);
    });
    let link = server.set_up.as_deref().unwrap();
    let body = json!({"token": link, "password": PASSWORD, "email": "admin@example.com"});
    assert_eq!(server.api("").post("/api/v1/auth/setup", &body).status, 200);
    let proxy = Proxy::before(&server, &store);
    (store, server, proxy)
}

/// The addresses of sign-ins that succeeded, as the administrator sees them, newest first.
fn addresses_of_logins(admin: &Api) -> Vec<Value> {
    let activities = admin.get("/api/v1/activities?action=LOGIN&limit=100");
    activities.list().iter().map(|activity| activity["ip"].clone()).collect()
}

fn a_client_that_forges_headers_locks_nobody_out_but_itself(backend: Backend) {
    let (store, server, proxy) = stage(backend);
    let mut failed = 0;
    let limited = (0..1_000).find(|number| {
        // Each time another account, so that none is locked.
        let body = json!({"email": format!("nobody{number}@example.com"), "password": "wrong"});
        let (status, _) = post(ATTACKER, &proxy.address, "/api/v1/auth/login", &forged(*number), &body);
        assert!(status == 401 || status == 429, "{status}");
        failed += usize::from(status == 401);
        status == 429
    });
    assert!(limited.is_some_and(|attempts| attempts >= 100), "{limited:?}");

    let (status, session) = login(HONEST, &proxy.address, &[], PASSWORD);
    assert_eq!(status, 200, "{session}");
    let refresh = json!({"refresh_token": session["data"]["refresh_token"]});
    assert_eq!(post(HONEST, &proxy.address, "/api/v1/auth/refresh", &[], &refresh).0, 200);
    let (status, _) =
        post(ATTACKER, &proxy.address, "/api/v1/auth/refresh", &forged(1), &json!({"refresh_token": "x"}));
    assert_eq!(status, 401, "even there it is passwords alone that wait");

    let admin = server.api(&store.token("admin@example.com", "admin"));
    assert_eq!(addresses_of_logins(&admin)[0], HONEST);

    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("a sign-in failed")).collect();
    assert_eq!(lines.len(), failed, "one line for each");
    let document = fs::read_to_string(root().join("docs/deployment.md")).unwrap();
    let pattern = document.lines().find_map(|line| line.trim().strip_prefix("failregex = ")).expect("a pattern");
    assert!(lines.iter().all(|line| line.contains(&pattern.replace("<ADDR>", ATTACKER))), "{pattern}: {}", lines[0]);
    assert!(!log.contains("203.0.113.") && !log.contains("2001:db8"), "nobody believes what a client says of itself");
}

fn a_header_is_believed_from_a_trusted_proxy_alone(backend: Backend) {
    let (store, server, proxy) = stage(backend);
    let admin = server.api(&store.token("admin@example.com", "admin"));
    for (to, headers, expected) in [
        (&proxy.address, vec![], HONEST),
        (&proxy.address, forged(1), HONEST),
        (&server.address, vec![], HONEST),
        (&server.address, forged(1), HONEST),
    ] {
        assert_eq!(login(HONEST, to, &headers, PASSWORD).0, 200);
        assert_eq!(addresses_of_logins(&admin)[0], expected, "{headers:?}");
    }
    // Another trusted proxy before nginx passes on whom it answers.
    for (header, expected) in [
        ("X-Forwarded-For: 198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("X-Forwarded-For: [2001:db8::9]:4711", "2001:db8::9"),
        ("X-Forwarded-For: 198.51.100.1, unknown", "127.0.0.1"),
        ("Forwarded: for=198.51.100.1", "127.0.0.1"),
    ] {
        assert_eq!(login("127.0.0.1", &proxy.address, &[header.to_owned()], PASSWORD).0, 200);
        assert_eq!(addresses_of_logins(&admin)[0], expected, "{header}");
    }
}

fn the_documented_proxy_lets_everything_through(backend: Backend) {
    let (store, server, proxy) = stage(backend);
    let token = store.token("editor@example.com", "editor");
    let editor = Api::new(&proxy.address, &token);
    let mut live = Live::connect(&proxy.address, &token).unwrap();
    live.subscribe(&["episodes"], None);
    let id = editor.create("Pilot", 1);
    assert_eq!(live.event().data()["episode"]["id"], *id);
    let large: Vec<u8> = (0..6_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let file = editor.upload("large.bin", &large);
    assert!(editor.content(file["id"].as_str().unwrap()) == large, "the bytes come back");

    let mut smoke = Command::new("bash");
    smoke.arg(root().join("scripts/smoke.sh")).arg(format!("http://{}", proxy.address));
    let smoke = smoke.env("SHOWRUNNER_TOKEN", store.token("admin@example.com", "admin")).output().unwrap();
    assert!(
        smoke.status.success(),
        "{}{}",
        String::from_utf8_lossy(&smoke.stdout),
        String::from_utf8_lossy(&smoke.stderr)
    );
    drop(server);
}
