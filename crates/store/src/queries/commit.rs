//! Writing change sets: states first, events last.

use diesel::prelude::*;
use diesel::result::{DatabaseErrorKind, Error as QueryError};
use showrunner_domain::episode::Episode;
use showrunner_domain::show::Show;
use showrunner_domain::{Change, ChangeSet, CommitError, RecordChange};

use super::accounts::{write_password, write_session, write_user};
use super::compositions::{write_composition, write_output, write_version};
use super::files::{write_blob, write_file};
use super::jobs::write_job;
use super::memberships::write_membership;
use super::receipts::keep_receipt;
use super::schedules::{write_firing, write_schedule};
use super::templates::write_template;
use super::{Conn, append_events};
use crate::cached::Cached;
use crate::failure::Failure;
use crate::rows::{EpisodeRow, EpisodeUpdate, ShowRow};
use crate::schema::{episodes, shows};
use crate::types::DbId;

/// Writes `sets` as if they were one. The first statement that fails ends it: then the transaction must be undone.
pub(crate) fn commit(conn: &mut Conn, sets: &[ChangeSet]) -> Result<(), Failure> {
    for set in sets {
        if let Some((receipt, change)) = set.receipt().zip(set.asked_for()) {
            keep_receipt(conn, receipt, change)?;
        }
    }
    let changes: Vec<&RecordChange> = sets.iter().flat_map(ChangeSet::changes).collect();
    for run in changes.chunk_by(|one, next| new_episode(one).and(new_episode(next)).is_some()) {
        match run {
            [change] => write(conn, change)?,
            many => create_episodes(conn, many)?,
        }
    }
    append_events(conn, &mut sets.iter().flat_map(ChangeSet::events))
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
        RecordChange::Job(change) => write_job(conn, change),
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
    insert!(episodes::table, &rows, conn).map_err(of_unknown_show)
}

fn write_episode(conn: &mut Conn, change: &Change<Episode>) -> Result<(), Failure> {
    use episodes::dsl;
    let Some(expected) = change.expected() else {
        let inserted = diesel::insert_into(dsl::episodes).values(EpisodeRow::from(change.state())).execute(conn);
        inserted.map_err(of_unknown_show)?;
        return Ok(());
    };
    let seen = dsl::episodes.filter(dsl::id.eq(DbId(change.state().id.uuid()))).filter(dsl::version.eq(expected.get()));
    let written = if change.is_erased() {
        diesel::delete(seen).execute(conn)?
    } else {
        let row = EpisodeRow::from(change.state());
        let update = EpisodeUpdate::to(row, change.before().map(EpisodeRow::from));
        Cached(diesel::update(seen).set(update)).execute(conn).map_err(of_unknown_show)?
    };
    won(written)
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
    let written = if change.is_erased() {
        diesel::delete(seen).execute(conn).map_err(|error| {
            let reason = "episodes belong to this show: delete them or move them to another show first";
            if breaks_a_reference(&error) { CommitError::InUse { reason }.into() } else { Failure::from(error) }
        })?
    } else {
        Cached(diesel::update(seen).set(ShowRow::from(change.state()))).execute(conn)?
    };
    won(written)
}

/// Compare-and-set: no row means that another writer was first.
pub(super) fn won(written: usize) -> Result<(), Failure> {
    if written == 1 { Ok(()) } else { Err(CommitError::Stale.into()) }
}
