//! Templates as rows.

use diesel::prelude::*;
use showrunner_domain::composition::{LayerDrafts, Layers, Template, TemplateDescription, TemplateId, TemplateName};
use showrunner_domain::identity::UserId;

use super::{Place, Weight};
use crate::failure::Failure;
use crate::schema::templates;
use crate::types::{DbId, DbInstant};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = templates, treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct TemplateRow {
    id: DbId,
    name: String,
    description: String,
    layers: String,
    created_by: Option<DbId>,
    created_at: DbInstant,
    updated_at: DbInstant,
    version: i64,
}

impl Weight for TemplateRow {
    fn weight(&self) -> usize {
        self.description.len() + self.layers.len()
    }
}

impl TryFrom<&Template> for TemplateRow {
    type Error = Failure;

    fn try_from(template: &Template) -> Result<Self, Failure> {
        let at = Place { table: "templates", row: template.id.uuid() };
        Ok(Self {
            id: DbId(template.id.uuid()),
            name: template.name.as_str().to_owned(),
            description: template.description.as_str().to_owned(),
            layers: at.read("layers", serde_json::to_string(&template.layers))?,
            created_by: template.created_by.map(|id| DbId(id.uuid())),
            created_at: DbInstant(template.created_at),
            updated_at: DbInstant(template.updated_at),
            version: template.version.get(),
        })
    }
}

impl TryFrom<TemplateRow> for Template {
    type Error = Failure;

    fn try_from(row: TemplateRow) -> Result<Self, Failure> {
        let at = Place { table: "templates", row: row.id.0 };
        Ok(Self {
            id: TemplateId::new(row.id.0),
            name: at.read("name", TemplateName::parse(row.name))?,
            description: at.read("description", TemplateDescription::parse(row.description))?,
            layers: at.layers(&row.layers)?,
            built_in: false,
            created_by: row.created_by.map(|id| UserId::new(id.0)),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: at.version(row.version)?,
        })
    }
}

impl Place {
    /// The layers that the text of a column holds.
    pub(super) fn layers(self, text: &str) -> Result<Layers, Failure> {
        let value = self.read("layers", serde_json::from_str(text))?;
        let read = LayerDrafts::read("layers", value).and_then(|drafts| drafts.complete(&Layers::default()));
        self.read(
            "layers",
            read.map_err(|errors| errors.into_iter().map(|error| error.field).collect::<Vec<_>>().join(", ")),
        )
    }
}
