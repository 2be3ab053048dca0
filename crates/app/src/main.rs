//! `showrunner`: the production server for episodic media. This crate reads settings, wires the rooms together and
//! runs commands; what they do lives in the other crates.

mod cli;
mod commands;
mod demo;
mod fonts;
mod handlers;
mod logging;
mod open_files;
mod presence;
mod progress;
mod quotas;
mod readers;
mod readiness;
mod receipts;
mod revocations;
mod revoking;
mod schedules;
mod services;
mod settings;
mod signing;
mod stopping;
mod system;
mod worker;

use std::process::ExitCode;

use showrunner_web::causes;

fn main() -> ExitCode {
    match commands::run(cli::Cli::read()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("showrunner: {}", causes(&error));
            ExitCode::FAILURE
        }
    }
}
