//! Shows as rows.

use diesel::prelude::*;
use showrunner_domain::fold;
use showrunner_domain::show::{Show, ShowDescription, ShowId, ShowName, ShowStatus, Slug};

use super::{Place, Weight};
use crate::failure::Failure;
use crate::schema::shows;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = shows, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ShowRow {
    id: DbId,
    name: String,
    name_folded: String,
    slug: String,
    description: String,
    status: String,
    created_at: DbInstant,
    updated_at: DbInstant,
    version: i64,
}

impl Weight for ShowRow {
    fn weight(&self) -> usize {
        self.description.len()
    }
}

impl From<&Show> for ShowRow {
    fn from(show: &Show) -> Self {
        Self {
            id: DbId(show.id.uuid()),
            name: show.name.as_str().to_owned(),
            name_folded: fold(show.name.as_str()),
            slug: show.slug.as_str().to_owned(),
            description: show.description.as_str().to_owned(),
            status: show.status.as_str().to_owned(),
            created_at: DbInstant(show.created_at),
            updated_at: DbInstant(show.updated_at),
            version: show.version.get(),
        }
    }
}

impl TryFrom<ShowRow> for Show {
    type Error = Failure;

    fn try_from(row: ShowRow) -> Result<Self, Failure> {
        let at = Place { table: "shows", row: row.id.0 };
        Ok(Self {
            id: ShowId::new(row.id.0),
            name: at.read("name", ShowName::parse(row.name))?,
            slug: at.read("slug", Slug::parse(row.slug))?,
            description: at.read("description", ShowDescription::parse(row.description))?,
            status: at.known("status", ShowStatus::parse(&row.status))?,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: at.version(row.version)?,
        })
    }
}
