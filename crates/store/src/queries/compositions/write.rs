//! Writing compositions, their versions and outputs.

use diesel::prelude::*;
use showrunner_domain::composition::{Composition, CompositionVersion, Design, OutputChange, find_built_in};
use showrunner_domain::{Change, ResourceKind};

use super::super::Conn;
use super::super::commit::won;
use super::super::references::{Named, hold, write_file_uses};
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
        return hold_what_it_names(conn, change);
    };
    let show = or_nil(change.before().unwrap_or(change.state()).show_id);
    let seen = dsl::compositions.filter(dsl::id.eq(row.id())).filter(dsl::version.eq(expected.get()));
    let seen = seen.filter(CompositionShowOrNil.eq(show));
    won(if change.is_erased() {
        diesel::delete(seen).execute(conn)?
    } else {
        diesel::update(seen).set(row).execute(conn)?
    })?;
    hold_what_it_names(conn, change)
}

/// Holds what the composition names from now on and did not before, and notes which files are among that.
fn hold_what_it_names(conn: &mut Conn, change: &Change<Composition>) -> Result<(), Failure> {
    let now = &change.state().design;
    // A change that does not tell what was before has left the design alone.
    let before = change.before().map(|before| &before.design).or(change.expected().map(|_| now));
    let files = |design: &Design| design.layers.files();
    let composition = (ResourceKind::Composition, change.state().id.uuid());
    if change.is_erased() {
        return write_file_uses(conn, composition, Named::LayersFile, files(now), Vec::new());
    }
    write_file_uses(conn, composition, Named::LayersFile, before.map(files).unwrap_or_default(), files(now))?;
    if before.is_none_or(|before| before.template_id != now.template_id) && find_built_in(now.template_id).is_none() {
        hold(conn, Named::Template, now.template_id.uuid())?;
    }
    match now.episode_id.filter(|id| before.is_none_or(|before| before.episode_id != Some(*id))) {
        Some(episode) => hold(conn, Named::Episode, episode.uuid()),
        None => Ok(()),
    }
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
            if let Some(file) = output.file_id {
                hold(conn, Named::OutputFile, file.uuid())?;
            }
            let insert = diesel::insert_into(outputs::composition_outputs).values(OutputRow::from(output));
            insert.on_conflict(place).do_update().set(OutputRow::from(output)).execute(conn)?;
        }
        OutputChange::Removed { composition, format, encoding } => {
            let of_composition =
                outputs::composition_outputs.filter(outputs::composition_id.eq(DbId(composition.uuid())));
            let of_format = of_composition.filter(outputs::format.eq(format.as_str()));
            diesel::delete(of_format.filter(outputs::encoding.eq(encoding.as_str()))).execute(conn)?;
        }
    }
    Ok(())
}
