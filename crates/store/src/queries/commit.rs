//! Writing change sets: states first, events last.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use showrunner_domain::episode::{Episode, ThumbnailUrl};
use showrunner_domain::job::{Claim, Job};
use showrunner_domain::removal::Target;
use showrunner_domain::show::Show;
use showrunner_domain::{Change, ChangeSet, CommitError, RecordChange, ResourceKind, Timestamp};
use uuid::Uuid;

use super::accounts::{write_password, write_session, write_user};
use super::compositions::{write_composition, write_output, write_version};
use super::files::{write_blob, write_file};
use super::jobs::{HandedOut, hand_out, write_jobs};
use super::memberships::write_membership;
use super::receipts::keep_receipt;
use super::references::{Named, in_use, is_held, refuse_if_used, write_file_uses};
use super::schedules::{write_firing, write_schedule};
use super::templates::write_template;
use super::{Conn, append_events};
use crate::cached::ExecuteCached as _;
use crate::failure::Failure;
use crate::rows::{EpisodeRow, EpisodeUpdate, ShowRow};
use crate::schema::{episodes, follows, shows};
use crate::types::DbId;

/// Writes `sets` as if they were one, and then hands jobs out, also those that the sets queue; answers what each claim gets.
/// Events come last. The first statement that fails ends it: then the transaction must be undone.
pub(crate) fn commit(
    conn: &mut Conn,
    sets: &[&ChangeSet],
    claims: &[(&Claim, Timestamp)],
) -> Result<Vec<Vec<Job>>, Failure> {
    write_states(conn, sets)?;
    let HandedOut { jobs, changes } = hand_out(conn, claims)?;
    let events = sets.iter().flat_map(|set| set.events());
    append_events(conn, &mut events.chain(changes.iter().flat_map(Change::events)))?;
    Ok(jobs)
}

/// Writes the states. What is alike among sets of one change is written in one statement where that suits the store.
fn write_states(conn: &mut Conn, sets: &[&ChangeSet]) -> Result<(), Failure> {
    for set in sets {
        if let Some((receipt, change)) = set.receipt().zip(set.asked_for()) {
            keep_receipt(conn, receipt, change)?;
        }
    }
    let mut sets = sets.to_vec();
    sets.sort_by_key(|set| match set.changes() {
        [only] => Form::of(only),
        _ => Form::Single,
    });
    let changes: Vec<&RecordChange> = sets.iter().flat_map(|set| set.changes()).collect();
    let alike =
        |one: &&RecordChange, next: &&RecordChange| Form::of(one) == Form::of(next) && Form::of(one) != Form::Single;
    changes.chunk_by(alike).try_for_each(|run| match run {
        [only] => write(conn, only),
        [RecordChange::Job(_), ..] => {
            write_jobs(conn, &run.iter().filter_map(|change| job(change)).collect::<Vec<_>>())
        }
        many => create_episodes(conn, many),
    })
}

/// What changes have to be so that one statement can write many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Form {
    NewEpisode,
    NewJob,
    Job,
    Single,
}

impl Form {
    fn of(change: &RecordChange) -> Self {
        match change {
            RecordChange::Episode(change) if change.expected().is_none() => Self::NewEpisode,
            RecordChange::Job(change) if change.expected().is_none() => Self::NewJob,
            RecordChange::Job(_) => Self::Job,
            _ => Self::Single,
        }
    }
}

fn job(change: &RecordChange) -> Option<&Change<Job>> {
    match change {
        RecordChange::Job(change) => Some(change),
        _ => None,
    }
}

fn write(conn: &mut Conn, change: &RecordChange) -> Result<(), Failure> {
    match change {
        RecordChange::Show(change) => write_show(conn, change),
        RecordChange::Episode(change) => write_episode(conn, change),
        RecordChange::Membership(change) => write_membership(conn, change),
        RecordChange::User(change) => write_user(conn, change),
        RecordChange::Session(change) => write_session(conn, change),
        RecordChange::Composition(change) => write_composition(conn, change),
        RecordChange::CompositionVersion(version) => write_version(conn, version),
        RecordChange::Output(change) => write_output(conn, change),
        RecordChange::Template(change) => write_template(conn, change),
        RecordChange::Job(change) => write_jobs(conn, &[change]),
        RecordChange::Schedule(change) => write_schedule(conn, change),
        RecordChange::Firing(firing) => write_firing(conn, firing),
        RecordChange::File(change) => write_file(conn, change),
        RecordChange::Blob(blob) => write_blob(conn, blob),
        RecordChange::Occurrence(_) => Ok(()),
        RecordChange::Password(new) => write_password(conn, new),
    }
}

/// The episode that a change brings into being.
fn new_episode(change: &RecordChange) -> Option<&Episode> {
    match change {
        RecordChange::Episode(change) if change.expected().is_none() => Some(change.state()),
        _ => None,
    }
}

fn create_episodes(conn: &mut Conn, changes: &[&RecordChange]) -> Result<(), Failure> {
    let rows: Vec<EpisodeRow> = changes.iter().filter_map(|change| new_episode(change)).map(EpisodeRow::from).collect();
    insert!(episodes::table, &rows, conn).map_err(of_unknown_show)?;
    changes
        .iter()
        .filter_map(|change| match change {
            RecordChange::Episode(change) => Some(change),
            _ => None,
        })
        .try_for_each(|change| write_thumbnail(conn, change))
}

/// Notes which file an episode shows from now on. What an import brings may name files that are not there.
fn write_thumbnail(conn: &mut Conn, change: &Change<Episode>) -> Result<(), Failure> {
    let file = |episode: &Episode| episode.thumbnail_url.as_ref().and_then(ThumbnailUrl::file);
    let (episode, named) = ((ResourceKind::Episode, change.state().id.uuid()), Named::ThumbnailFile);
    // A change that does not tell what was before has left the picture alone.
    let before = change.before().or(change.expected().map(|_| change.state())).and_then(file);
    let mut now = file(change.state()).filter(|_| !change.is_erased());
    let imported = change.events().iter().any(|event| event.origin.import.is_some());
    if let Some(file) = now
        && imported
        && !is_held(conn, named, file.uuid())?
    {
        now = None;
    }
    write_file_uses(conn, episode, named, before.into_iter().collect(), now.into_iter().collect())
}

fn write_episode(conn: &mut Conn, change: &Change<Episode>) -> Result<(), Failure> {
    use episodes::dsl;
    let Some(expected) = change.expected() else {
        let inserted = diesel::insert_into(dsl::episodes).values(EpisodeRow::from(change.state())).execute(conn);
        inserted.map_err(of_unknown_show)?;
        return write_thumbnail(conn, change);
    };
    let seen = dsl::episodes.filter(dsl::id.eq(DbId(change.state().id.uuid()))).filter(dsl::version.eq(expected.get()));
    let written = if change.is_erased() {
        diesel::delete(seen).execute(conn)?
    } else {
        let row = EpisodeRow::from(change.state());
        let update = EpisodeUpdate::to(row, change.before().map(EpisodeRow::from));
        conn.execute_cached(diesel::update(seen).set(update)).map_err(of_unknown_show)?
    };
    won(written)?;
    write_thumbnail(conn, change)?;
    if change.is_erased() {
        forget_followers(conn, change.state().id.uuid())?;
        refuse_if_used(conn, Target::Episode(change.state().id))?;
    }
    Ok(())
}

/// Nobody follows what is gone.
fn forget_followers(conn: &mut Conn, record: Uuid) -> Result<(), Failure> {
    diesel::delete(follows::table.filter(follows::record_id.eq(DbId(record)))).execute(conn)?;
    Ok(())
}

/// An episode refers to its show and to nothing else.
fn of_unknown_show(error: QueryError) -> Failure {
    if breaks_a_reference(&error) { CommitError::Dangling { field: "show_id" }.into() } else { error.into() }
}

fn breaks_a_reference(error: &QueryError) -> bool {
    matches!(error, QueryError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _))
}

fn write_show(conn: &mut Conn, change: &Change<Show>) -> Result<(), Failure> {
    use shows::dsl;
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::shows).values(ShowRow::from(change.state())).execute(conn)?;
        return Ok(());
    };
    let seen = dsl::shows.filter(dsl::id.eq(DbId(change.state().id.uuid()))).filter(dsl::version.eq(expected.get()));
    if !change.is_erased() {
        return won(conn.execute_cached(diesel::update(seen).set(ShowRow::from(change.state())))?);
    }
    let target = Target::Show(change.state().id);
    let deleted = diesel::delete(seen)
        .execute(conn)
        .map_err(|error| if breaks_a_reference(&error) { in_use(target) } else { Failure::from(error) });
    won(deleted?)?;
    forget_followers(conn, change.state().id.uuid())?;
    // Episodes that were deleted softly remember their show without holding it.
    refuse_if_used(conn, target)
}

/// Compare-and-set: no row means that another writer was first.
pub(super) fn won(written: usize) -> Result<(), Failure> {
    all_won(written, 1)
}

/// Compare-and-set of many: where rows are missing, other writers were first.
pub(super) fn all_won(written: usize, expected: usize) -> Result<(), Failure> {
    if written == expected { Ok(()) } else { Err(CommitError::Stale.into()) }
}
