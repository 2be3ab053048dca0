//! People as the product knows them: accounts by the operator's commands, sessions by password.

use std::io::Write as _;
use std::process::{Output, Stdio};

use serde_json::json;

use super::{Server, Store};

/// The password of everybody whom tests make.
pub(crate) const PASSWORD: &str = "correct horse battery";

impl Store {
    /// What `showrunner user …` does on the usual data folder, with `input` on its standard input.
    pub(crate) fn user(&self, words: &[&str], input: &str) -> Output {
        let mut command = self.words(&[&["user"], words].concat(), "data");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that does not want it may have ended.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Makes an account with [`PASSWORD`].
    #[track_caller]
    pub(crate) fn account(&self, email: &str, role: &str) {
        for (words, input) in [(["add", email, "--role", role].as_slice(), ""), (&["set-password", email], PASSWORD)] {
            let Output { status, stderr, .. } = self.user(words, input);
            assert!(status.success(), "{words:?}: {}", String::from_utf8_lossy(&stderr));
        }
    }
}

impl Server {
    /// The access token of a new session of somebody who has [`PASSWORD`].
    #[track_caller]
    pub(crate) fn login(&self, email: &str) -> String {
        let answer = self.api("").post("/api/v1/auth/login", &json!({"email": email, "password": PASSWORD}));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["data"]["access_token"].as_str().unwrap().to_owned()
    }

    /// The access token of a new account's session.
    #[track_caller]
    pub(crate) fn sign_in(&self, store: &Store, email: &str, role: &str) -> String {
        store.account(email, role);
        self.login(email)
    }
}
