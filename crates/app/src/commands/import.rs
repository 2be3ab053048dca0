//! `showrunner import`: a file of episodes, wholly or not at all.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use showrunner_csv::Csv;
use showrunner_domain::event::Origin;
use showrunner_domain::identity::{Actor, Caller, Email, ShowRoles};
use showrunner_domain::import::{ImportError, Imported, Mode, Problems, Sheet, TableText as _};
use showrunner_domain::show::ShowName;
use showrunner_store::Ports;

use super::{CommandError, create_or_open_store, prepare};
use crate::cli::Flags;
use crate::services;

#[actix_web::main]
pub(super) async fn run(
    file: &Path,
    dry_run: bool,
    show: Option<&str>,
    user: Option<&str>,
    flags: Flags,
) -> Result<(), CommandError> {
    let show = show.map(ShowName::parse).transpose();
    let show = show.map_err(|reason| CommandError::Argument(format!("--show {reason}")))?;
    let settings = prepare(flags)?;
    let sheet = Csv.read(contents(file).map_err(|error| unreadable(file, &error))?, show).await;
    let ports = create_or_open_store(&settings)?;
    let caller = match user {
        Some(email) => Some(caller(&ports, email).await?),
        None => None,
    };
    let mode = if dry_run { Mode::DryRun } else { Mode::Write };
    match services::import(&ports).import(caller.as_ref(), sheet, mode).await {
        Ok(Imported { episodes, shows }) if dry_run => {
            println!("would create {episodes} episodes and {shows} shows; nothing was written");
        }
        Ok(Imported { episodes, shows }) => println!("created {episodes} episodes and {shows} shows"),
        Err(ImportError::Faulty(problems)) => return Err(faulty(file, &problems)),
        Err(ImportError::Service(error)) => return Err(error.into()),
    }
    Ok(())
}

/// What the file holds, as far as an import may be large and one byte beyond.
fn contents(file: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(Sheet::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(file: &Path, error: &io::Error) -> CommandError {
    CommandError::Argument(format!("{} cannot be read: {error}", file.display()))
}

/// Tells every problem on a line of its own, as compilers do.
fn faulty(file: &Path, problems: &Problems) -> CommandError {
    for problem in problems.told() {
        eprintln!("{}:{}:{}: {}", file.display(), problem.line, problem.column, problem.message);
    }
    if problems.more() > 0 {
        eprintln!("{}: and {} more problems", file.display(), problems.more());
    }
    CommandError::Argument("nothing was imported: correct the file and import it again".to_owned())
}

/// The user of this address, who acts from here.
async fn caller(ports: &Ports, email: &str) -> Result<Caller, CommandError> {
    let email = Email::parse(email).map_err(|reason| CommandError::Argument(format!("--as {reason}")))?;
    let user = ports.users.find_user_by_email(&email).await?;
    let user =
        user.ok_or_else(|| CommandError::Argument(format!("--as: there is no user with the address {email}")))?;
    let expires_at = services::clock().now();
    let actor = Actor {
        id: user.id,
        email: user.email.to_string(),
        name: user.name.to_string(),
        role: user.role,
        shows: ShowRoles::default(),
        granted: user.role,
        session: None,
        expires_at,
    };
    Ok(Caller { actor, origin: Origin::default() })
}
