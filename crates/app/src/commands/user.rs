//! `showrunner user`: accounts, by hand, also beside a running server.

use std::io::{self, IsTerminal as _, Read as _};
use std::sync::Arc;

use showrunner_domain::identity::{
    Authority, Bearers, Email, NewUser, Password, Role, Secret, User, UserId, UserPatch, UserQuery, UserService,
};
use showrunner_domain::{Invalid, Limit, Line, Terms};
use showrunner_identity::Argon2id;

use super::{CommandError, open_existing_store, prepare};
use crate::cli::{Flags, UserStep};
use crate::revoking::revoking;
use crate::services;

/// The operator who has the store at hand.
const OPERATOR: Authority<'static> = Authority::Operator;
/// How much of standard input is read for a password, in bytes: more than the longest one.
const LONGEST_INPUT: u64 = 8 * 1024;

#[actix_web::main]
pub(super) async fn run(step: UserStep) -> Result<(), CommandError> {
    match step {
        UserStep::Add { email, role, name, flags } => add(&email, &role, name, flags).await,
        UserStep::List(flags) => list(&Accounts::open(flags)?.users).await,
        UserStep::SetRole { email, role, flags } => set_role(&email, &role, flags).await,
        UserStep::SetPassword { email, flags } => set_password(&email, flags).await,
        UserStep::SetUpLink { email, flags } => {
            let email = address(&email)?;
            let accounts = Accounts::open(flags)?;
            let user = accounts.users.find(OPERATOR, &email).await?;
            accounts.print_link(user.id).await
        }
        UserStep::Remove { email, flags } => {
            let email = address(&email)?;
            let users = Accounts::open(flags)?.users;
            let user = users.find(OPERATOR, &email).await?;
            users.delete(OPERATOR, user.id, &Terms::default()).await?;
            println!("removed {}", user.email);
            Ok(())
        }
    }
}

/// The link that lets somebody set a password, for the server at `base`.
pub(super) fn set_up_link(base: &str, token: &Secret) -> String {
    format!("{base}/setup?token={}", token.0)
}

/// The accounts of a store, and where its server listens.
struct Accounts {
    users: UserService,
    base: String,
}

impl Accounts {
    fn open(flags: Flags) -> Result<Self, CommandError> {
        let settings = prepare(flags)?;
        let ports = open_existing_store(&settings)?;
        let bearers = Arc::new(Bearers::new(ports.users.clone()));
        let users = services::users(&revoking(&ports, bearers), Arc::new(Argon2id::new()?));
        Ok(Self { users, base: format!("http://{}", settings.listen) })
    }

    async fn print_link(&self, id: UserId) -> Result<(), CommandError> {
        let invitation = self.users.invite(OPERATOR, id).await?;
        println!("{}", set_up_link(&self.base, &invitation.token));
        Ok(())
    }
}

async fn add(email: &str, role: &str, name: Option<String>, flags: Flags) -> Result<(), CommandError> {
    let (email, role) = (address(email)?, parse_role(role)?);
    let name = Line::parse(name.unwrap_or_else(|| email.to_string())).map_err(wrong("--name"))?;
    let accounts = Accounts::open(flags)?;
    let new = NewUser { email: email.clone(), name, role };
    accounts.users.create(OPERATOR, new, None, &Terms::default()).await?;
    let user = accounts.users.find(OPERATOR, &email).await?;
    accounts.print_link(user.id).await
}

async fn list(users: &UserService) -> Result<(), CommandError> {
    let mut query = UserQuery { limit: Limit::parse(100).unwrap_or_default(), ..UserQuery::default() };
    loop {
        let page = users.list(OPERATOR, query).await?;
        for User { email, role, name, .. } in &page.items {
            println!("{email}\t{role}\t{name}");
        }
        query.after = page.next;
        if query.after.is_none() {
            return Ok(());
        }
    }
}

async fn set_role(email: &str, role: &str, flags: Flags) -> Result<(), CommandError> {
    let (email, role) = (address(email)?, parse_role(role)?);
    let users = Accounts::open(flags)?.users;
    let user = users.find(OPERATOR, &email).await?;
    let patch = UserPatch { role: Some(role), ..UserPatch::default() };
    users.update(OPERATOR, user.id, &patch, None, &Terms::default()).await?;
    println!("{email} is {role}");
    Ok(())
}

async fn set_password(email: &str, flags: Flags) -> Result<(), CommandError> {
    let email = address(email)?;
    let users = Accounts::open(flags)?.users;
    let user = users.find(OPERATOR, &email).await?;
    let password = read_password()?;
    users.update(OPERATOR, user.id, &UserPatch::default(), Some(password), &Terms::default()).await?;
    println!("the password of {email} is set, and all sessions have ended");
    Ok(())
}

/// What comes on standard input, but for the line break at its end.
fn read_password() -> Result<Password, CommandError> {
    if io::stdin().is_terminal() {
        let hint = "the password is read from standard input, so that no terminal shows it: pipe it in";
        return Err(CommandError::Argument(hint.to_owned()));
    }
    let mut text = String::new();
    let read = io::stdin().take(LONGEST_INPUT).read_to_string(&mut text);
    read.map_err(|error| CommandError::Argument(format!("the password cannot be read: {error}")))?;
    let line = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
    Password::parse(line).map_err(wrong("the password"))
}

fn address(email: &str) -> Result<Email, CommandError> {
    Email::parse(email).map_err(wrong("the address"))
}

fn parse_role(role: &str) -> Result<Role, CommandError> {
    let known = Role::parse(role).filter(|role| *role != Role::Worker);
    known.ok_or_else(|| CommandError::Argument("--role must be viewer, editor or admin".to_owned()))
}

fn wrong(what: &'static str) -> impl Fn(Invalid) -> CommandError {
    move |reason| CommandError::Argument(format!("{what} {reason}"))
}
