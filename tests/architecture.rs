//! Keeps the direction of the house: which room may use which, what the domain stands on, where dependencies are
//! declared, and that both stores have the same migrations.
//!
//! It reads the workspace as Cargo does. Where it fails, its message says what to do.
#![expect(clippy::unwrap_used, reason = "all of this crate is tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Every room and the rooms that it may use. `docs/architecture.md` draws them.
const EDGES: [(&str, &[&str]); 14] = [
    ("showrunner-domain", &[]),
    ("showrunner-example", &["showrunner-domain"]),
    ("showrunner-store", &["showrunner-domain"]),
    ("showrunner-blobs", &["showrunner-domain"]),
    ("showrunner-calendar", &["showrunner-domain"]),
    ("showrunner-csv", &["showrunner-domain"]),
    ("showrunner-render", &["showrunner-domain"]),
    ("showrunner-media", &["showrunner-domain"]),
    ("showrunner-identity", &["showrunner-domain"]),
    ("showrunner-web", &["showrunner-domain"]),
    ("showrunner-http", &["showrunner-domain", "showrunner-web"]),
    ("showrunner-live", &["showrunner-domain", "showrunner-web"]),
    ("showrunner-bench", &["showrunner-domain"]),
    (
        "showrunner",
        &[
            "showrunner-bench",
            "showrunner-blobs",
            "showrunner-calendar",
            "showrunner-csv",
            "showrunner-domain",
            "showrunner-http",
            "showrunner-identity",
            "showrunner-live",
            "showrunner-media",
            "showrunner-render",
            "showrunner-store",
            "showrunner-web",
        ],
    ),
];

/// All that the domain stands on while no feature is asked for.
const DOMAIN_STANDS_ON: [&str; 9] =
    ["async-trait", "chrono", "deunicode", "icu_casemap", "icu_normalizer", "serde", "serde_json", "thiserror", "uuid"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

fn workspace() -> Metadata {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().unwrap()
}

/// What the package depends on to be built, but for what only a feature brings.
fn stands_on(package: &Package) -> BTreeSet<&str> {
    let normal = package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal.filter(|dependency| !dependency.optional).map(|dependency| dependency.name.as_str()).collect()
}

/// The lines of a manifest's table, without comments and blanks. Tables in this workspace are one line an entry.
fn table<'a>(manifest: &'a str, header: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = manifest.lines().map(str::trim);
    let inside = lines.skip_while(move |line| *line != header).skip(1).take_while(|line| !line.starts_with('['));
    inside.filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn every_room_uses_exactly_the_rooms_it_may() {
    let workspace = workspace();
    let names: BTreeSet<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    let found: BTreeMap<&str, BTreeSet<&str>> =
        (workspace.packages.iter()).map(|package| (package.name.as_str(), &stands_on(package) & &names)).collect();
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        EDGES.iter().map(|(name, uses)| (*name, uses.iter().copied().collect())).collect();
    assert_eq!(
        found, allowed,
        "the rooms (left) do not use each other as EDGES (right) allows: let what is shared live in the domain or in \
         showrunner-web and what connects rooms in the app, or change EDGES and docs/architecture.md together"
    );
}

#[test]
fn the_domain_stands_on_values_alone() {
    let workspace = workspace();
    let domain = workspace.packages.iter().find(|package| package.name == "showrunner-domain").unwrap();
    assert_eq!(
        stands_on(domain),
        BTreeSet::from(DOMAIN_STANDS_ON),
        "the domain does no I/O and knows no framework: give it a port and let an adapter have the dependency"
    );
    assert_eq!(
        domain.features.get("default").map_or(0, Vec::len),
        0,
        "the domain has no default features: whoever needs one asks for it"
    );
}

/// Crates that do I/O, run futures or speak to databases and networks: none may come along with the domain.
const IO: [&str; 12] = [
    "actix-web",
    "diesel",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "openssl-sys",
    "pq-sys",
    "r2d2",
    "reqwest",
    "rustix",
    "socket2",
    "tokio",
];

/// The crates that are built for whoever depends on `package`, with the features that are asked for.
fn built_for(package: &str, features: &[&str]) -> BTreeSet<String> {
    let mut tree = Command::new(env!("CARGO"));
    tree.args(["tree", "--offline", "--edges", "normal,build", "--prefix", "none", "--format", "{p}"]);
    tree.args(["--package", package]).args(features).current_dir(root());
    let output = tree.output().unwrap();
    assert!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

#[test]
fn whoever_reuses_the_domain_gets_no_io_with_it() {
    let found = |crates: &BTreeSet<String>| IO.into_iter().filter(|name| crates.contains(*name)).collect::<Vec<_>>();
    assert_eq!(found(&built_for("showrunner-domain", &[])), [""; 0], "the domain brings I/O along: give it a port");
    assert_eq!(found(&built_for("showrunner-example", &[])), [""; 0], "the example does without, so that readers can");
    let store = built_for("showrunner-store", &[]);
    for name in ["diesel", "libsqlite3-sys", "pq-sys", "r2d2", "tokio"] {
        assert!(found(&store).contains(&name), "the store needs {name}, so this test would not see it in the domain");
    }
    assert!(!built_for("showrunner-domain", &[]).contains("mockall"), "mocks are for whoever asks for them");
    assert!(built_for("showrunner-domain", &["--features", "mocks"]).contains("mockall"));
}

#[test]
fn every_crate_takes_its_lints_and_dependencies_from_the_workspace() {
    for package in workspace().packages {
        let file = package.manifest_path.strip_prefix(root()).unwrap().to_owned();
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(
            table(&manifest, "[lints]").eq(["workspace = true"]),
            "{file}: add `[lints]` with `workspace = true`, and nothing else in it"
        );
        let tables: BTreeSet<&str> = manifest
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with('[') && line.contains("dependencies"))
            .collect();
        for header in tables {
            assert!(
                ["[dependencies]", "[dev-dependencies]", "[build-dependencies]"].contains(&header),
                "{file}: {header}: write dependencies one a line, in [dependencies] or [dev-dependencies]"
            );
            for entry in table(&manifest, header) {
                assert!(
                    entry.contains(".workspace = true") || entry.contains("{ workspace = true"),
                    "{file}: `{entry}`: declare it in [workspace.dependencies] and write `name.workspace = true` here"
                );
            }
        }
    }
}

#[test]
fn every_dependency_of_the_workspace_says_what_it_is_for() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut entries = table(&manifest, "[workspace.dependencies]").peekable();
    assert!(entries.peek().is_some(), "Cargo.toml: [workspace.dependencies] is not where this test looks for it");
    for entry in entries {
        let purpose = entry.rsplit_once(" # ").map_or("", |(_, purpose)| purpose.trim());
        assert!(!purpose.is_empty(), "Cargo.toml: `{entry}`: add ` # what it is for` to the line");
    }
}

#[test]
fn both_stores_have_the_same_migrations_and_each_can_be_undone() {
    let names = |store: &str| -> BTreeSet<String> {
        let folder = root().join("migrations").join(store);
        let entries = fs::read_dir(folder).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
        entries.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    let (sqlite, postgres) = (names("sqlite"), names("postgres"));
    assert_eq!(sqlite, postgres, "give each migration the same name in migrations/sqlite and migrations/postgres");
    assert!(!sqlite.is_empty(), "migrations/sqlite holds no migration");
    for (store, name) in ["sqlite", "postgres"].iter().flat_map(|store| sqlite.iter().map(move |name| (store, name))) {
        for file in ["up.sql", "down.sql"] {
            let path = Path::new("migrations").join(store).join(name).join(file);
            let text = fs::read_to_string(root().join(&path)).unwrap_or_default();
            assert!(!text.trim().is_empty(), "write {}: every migration can be undone", path.display());
        }
    }
}
