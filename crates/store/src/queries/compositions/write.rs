//! Writing compositions, their versions and outputs.

use diesel::prelude::*;
use showrunner_domain::Change;
use showrunner_domain::composition::{Composition, CompositionVersion, OutputChange};

use super::super::Conn;
use super::super::commit::won;
use crate::current_show::{CompositionShowOrNil, or_nil};
use crate::failure::Failure;
use crate::rows::{CompositionRow, OutputRow, VersionRow};
use crate::schema::composition_outputs::dsl as outputs;
use crate::schema::composition_versions::dsl as versions;
use crate::schema::compositions::dsl;
use crate::types::DbId;

/// Writes a composition, unless its episode has come to another show since it was read: others decide about it then. Its versions and outputs go with it.
pub(in super::super) fn write_composition(conn: &mut Conn, change: &Change<Composition>) -> Result<(), Failure> {
    let row = CompositionRow::try_from(change.state())?;
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::compositions).values(row).execute(conn)?;
        return Ok(());
    };
    let show = or_nil(change.before().unwrap_or(change.state()).show_id);
    let seen = dsl::compositions.filter(dsl::id.eq(row.id())).filter(dsl::version.eq(expected.get()));
    let seen = seen.filter(CompositionShowOrNil.eq(show));
    won(if change.is_erased() {
        diesel::delete(seen).execute(conn)?
    } else {
        diesel::update(seen).set(row).execute(conn)?
    })
}

/// Keeps what a composition is in a new version.
pub(in super::super) fn write_version(conn: &mut Conn, version: &CompositionVersion) -> Result<(), Failure> {
    diesel::insert_into(versions::composition_versions).values(VersionRow::try_from(version)?).execute(conn)?;
    Ok(())
}

/// Writes an output, in place of what it was.
pub(in super::super) fn write_output(conn: &mut Conn, change: &OutputChange) -> Result<(), Failure> {
    let place = (outputs::composition_id, outputs::format, outputs::encoding);
    match change {
        OutputChange::Wanted { composition, format, encoding, job } => {
            let job = DbId(job.uuid());
            let row = (
                outputs::composition_id.eq(DbId(composition.uuid())),
                outputs::format.eq(format.as_str()),
                outputs::encoding.eq(encoding.as_str()),
                outputs::job_id.eq(job),
            );
            let insert = diesel::insert_into(outputs::composition_outputs).values(row);
            insert.on_conflict(place).do_update().set(outputs::job_id.eq(job)).execute(conn)?;
        }
        OutputChange::Rendered(output) => {
            let insert = diesel::insert_into(outputs::composition_outputs).values(OutputRow::from(output));
            insert.on_conflict(place).do_update().set(OutputRow::from(output)).execute(conn)?;
        }
    }
    Ok(())
}
