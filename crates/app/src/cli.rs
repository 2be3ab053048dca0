//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use showrunner_bench::Work;

/// The production server for episodic media.
#[derive(Debug, Parser)]
#[command(name = "showrunner", version)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// Reads the command line, or ends the program and says what is wrong with it.
    pub(crate) fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| refuse(&error))
    }
}

/// Says what is wrong, without what looks like a URL: it may hold a password, and stand where none is expected.
fn refuse(error: &clap::Error) -> ! {
    if !error.use_stderr() {
        error.exit();
    }
    let arguments: Vec<_> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let values = arguments.iter().filter_map(|argument| Some(argument.split_once('=')?.1));
    let mut text = error.render().to_string();
    for url in values.chain(arguments.iter().map(String::as_str)).filter(|value| value.contains("://")) {
        text = text.replace(url, "…");
    }
    eprint!("{text}");
    std::process::exit(error.exit_code());
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the API and live events, applying pending migrations first.
    Serve {
        /// Load sample episodes into an empty store.
        #[arg(long)]
        demo: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// Do jobs, fire schedules and nothing else, beside servers on the same database.
    Worker(Flags),
    /// Show, apply or revert migrations of the store.
    Migrate {
        /// Which of these.
        #[command(subcommand)]
        step: MigrateStep,
    },
    /// Say that the store was restored from a backup, so that clients which saw later events notice.
    Restored(Flags),
    /// Print the OpenAPI document of the API.
    Openapi,
    /// Create an episode for every row of a table, or none.
    Import {
        /// A file of comma-separated values whose first line names the columns.
        file: PathBuf,
        /// Check everything and write nothing.
        #[arg(long)]
        dry_run: bool,
        /// The show of the rows that name none, by its name or its slug; it is created when missing.
        #[arg(long, value_name = "SHOW")]
        show: Option<String>,
        /// The administrator who does it [default: the system itself].
        #[arg(long = "as", value_name = "EMAIL")]
        user: Option<String>,
        #[command(flatten)]
        flags: Flags,
    },
    /// Keep accounts, also beside a running server.
    User {
        /// Which of these.
        #[command(subcommand)]
        step: UserStep,
    },
    /// Print an access token for a user, who is created when missing; or end one.
    #[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
    Token {
        /// What else to do with tokens.
        #[command(subcommand)]
        step: Option<TokenStep>,
        #[command(flatten)]
        token: Box<TokenFlags>,
    },
    /// Keep the keys that sign access tokens, also beside a running server.
    SigningKey {
        /// Which of these.
        #[command(subcommand)]
        step: SigningKeyStep,
    },
    /// Measure how fast this program serves, with default settings, on a temporary folder or on a given database.
    Bench(BenchFlags),
    /// Become another program that ends with the process which wants it. This program starts itself so.
    #[command(hide = true)]
    ExecTied {
        /// The number of that process.
        parent: u32,
        /// The other program.
        program: OsString,
        /// What it is given.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

/// Whose token to print.
#[derive(Debug, Args)]
pub(crate) struct TokenFlags {
    /// The user's e-mail address.
    #[arg(long, required = true)]
    pub(crate) email: Option<String>,
    /// The highest role that the token carries: viewer, editor, admin or worker.
    #[arg(long, required = true)]
    pub(crate) role: Option<String>,
    #[command(flatten)]
    pub(crate) flags: Flags,
}

/// What else to do with tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenStep {
    /// End one token before its time, also one of a session; no server accepts it within five seconds.
    Revoke {
        /// The claim `jti` of the token [default: the token itself, or its jti, from standard input].
        jti: Option<String>,
        #[command(flatten)]
        flags: Flags,
    },
}

/// What to do with signing keys.
#[derive(Debug, Subcommand)]
pub(crate) enum SigningKeyStep {
    /// List all keys by their kid, and what each is good for.
    List(Flags),
    /// Make a new key, which signs in this data folder at once; the old one verifies until its last token has expired.
    Rotate(Flags),
    /// End everything that a key has signed; no server accepts it within five seconds.
    Revoke {
        /// The key, as tokens name it in their header.
        #[arg(allow_hyphen_values = true)]
        kid: String,
        #[command(flatten)]
        flags: Flags,
    },
}

/// What is measured.
#[derive(Debug, Args)]
pub(crate) struct BenchFlags {
    /// A Postgres database that is empty, and is emptied again [default: SQLite in a temporary folder].
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Only these kinds of work [default: noop,get,list,update,create,fan-out,jobs,idle,start].
    #[arg(long, value_name = "WORK,…", value_delimiter = ',')]
    pub(crate) only: Vec<Work>,
    /// How many episodes there are before anything is measured [default: 10000, or 1000 with --quick].
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) episodes: Option<u32>,
    /// Seconds that each of three runs takes.
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seconds: u64,
    /// One run of a second instead: to see that it works, not to compare figures.
    #[arg(long, conflicts_with = "seconds")]
    pub(crate) quick: bool,
    /// Also write everything that was found into this file, as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// What to do with migrations.
#[derive(Debug, Subcommand)]
pub(crate) enum MigrateStep {
    /// Apply every pending migration.
    Up(Flags),
    /// Revert the migration that was applied last. Where rows would be lost it asks first.
    Down {
        /// Lose them without being asked.
        #[arg(long)]
        yes: bool,
        #[command(flatten)]
        flags: Flags,
    },
    /// List all migrations, and whether each is applied.
    Status(Flags),
}

/// What to do with accounts. Passwords are read from standard input, never from a flag.
#[derive(Debug, Subcommand)]
pub(crate) enum UserStep {
    /// Add an account and print its set-up link.
    Add {
        /// The address.
        email: String,
        /// What they may do: viewer, editor or admin.
        #[arg(long)]
        role: String,
        /// How others see them [default: the address].
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        flags: Flags,
    },
    /// List all accounts.
    List(Flags),
    /// Give an account another role.
    SetRole {
        /// The address.
        email: String,
        /// What they may do: viewer, editor or admin.
        #[arg(long)]
        role: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Set a password, which is read from standard input; all sessions of its user end.
    SetPassword {
        /// The address.
        email: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Print a new set-up link, good for a day; an earlier one is no longer accepted.
    SetUpLink {
        /// The address.
        email: String,
        #[command(flatten)]
        flags: Flags,
    },
    /// Delete an account and end its sessions.
    Remove {
        /// The address.
        email: String,
        #[command(flatten)]
        flags: Flags,
    },
}

/// Settings. Each may also stand in the configuration file or, as `SHOWRUNNER_…`, in the environment; flags win over
/// the environment, the environment over the file.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct Flags {
    /// A TOML file with settings [default: showrunner.toml or else /etc/showrunner.toml, where there is one].
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Where data and keys are kept [default: ./data].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<String>,
    /// The address to listen on [default: 127.0.0.1:3002].
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<String>,
    /// The store: sqlite: or postgres://… [default: sqlite: in the data folder].
    #[arg(long, value_name = "URL")]
    pub(crate) database_url: Option<String>,
    /// Where the bytes of files are: `file:PATH`, which all nodes share [default: file: in the data folder].
    #[arg(long, value_name = "URL")]
    pub(crate) blobs_url: Option<String>,
    /// How large files may be, in MiB [default: video=10240,image=25,script=5,archive=10240,other=1024].
    #[arg(long, value_name = "TYPE=MIB,…")]
    pub(crate) file_limits: Option<String>,
    /// The networks of proxies whose word is taken for the addresses of clients [default: none].
    #[arg(long, value_name = "CIDR,…")]
    pub(crate) trusted_proxies: Option<String>,
    /// The header in which they give it: x-forwarded-for or forwarded [default: x-forwarded-for].
    #[arg(long, value_name = "HEADER")]
    pub(crate) forwarded_header: Option<String>,
    /// What is logged, as a level or as directives such as `info,showrunner_store=debug` [default: info].
    #[arg(long, value_name = "FILTER")]
    pub(crate) log: Option<String>,
}
