//! Templates: reading and writing them.

use async_trait::async_trait;
use diesel::prelude::*;
use showrunner_domain::composition::{Template, TemplateAfter, TemplateId, TemplateQuery, TemplateStore};
use showrunner_domain::removal::Target;
use showrunner_domain::{Change, Page, ResourceKind, StoreError};

use super::commit::won;
use super::page::{Filled, fill};
use super::references::{Named, refuse_if_used, write_file_uses};
use super::{Conn, Lane, RowByRow, Store};
use crate::failure::Failure;
use crate::rows::TemplateRow;
use crate::schema::templates::dsl;
use crate::types::{DbId, DbInstant};

#[async_trait]
impl TemplateStore for Store {
    async fn find_template(&self, id: TemplateId) -> Result<Option<Template>, StoreError> {
        let found = self.engine.read_briefly(Lane::Requests, move |conn| {
            let query = dsl::templates.filter(dsl::id.eq(DbId(id.uuid()))).select(TemplateRow::as_select());
            query.first(conn).optional()?.map(Template::try_from).transpose()
        });
        Ok(found.await?)
    }

    async fn list_templates(&self, query: TemplateQuery) -> Result<Page<Template, TemplateAfter>, StoreError> {
        Ok(self.engine.read(move |conn| list(conn, query)).await?)
    }
}

fn list(conn: &mut Conn, query: TemplateQuery) -> Result<Page<Template, TemplateAfter>, Failure> {
    let total = if query.total {
        let count: i64 = dsl::templates.count().get_result(conn)?;
        Some(count.unsigned_abs())
    } else {
        None
    };
    let mut rows = dsl::templates.into_boxed();
    if let Some(after) = query.after {
        let (time, id) = (DbInstant(after.created_at), DbId(after.id.uuid()));
        rows = rows.filter(dsl::created_at.le(time)).filter(dsl::created_at.lt(time).or(dsl::id.lt(id)));
    }
    let wanted = i64::try_from(query.limit.get() + 1).unwrap_or(i64::MAX);
    let rows = rows.order((dsl::created_at.desc(), dsl::id.desc())).limit(wanted);
    let rows = rows.select(TemplateRow::as_select()).load_iter::<TemplateRow, RowByRow>(conn)?;
    let Filled { rows, more } = fill(rows, query.limit)?;
    let items: Result<Vec<_>, _> = rows.into_iter().map(Template::try_from).collect();
    Ok(Page::of(items?, more, total, TemplateAfter::of))
}

pub(super) fn write_template(conn: &mut Conn, change: &Change<Template>) -> Result<(), Failure> {
    let row = TemplateRow::try_from(change.state())?;
    let template = (ResourceKind::Template, change.state().id.uuid());
    let files = |template: &Template| template.layers.files();
    let now = files(change.state());
    let Some(expected) = change.expected() else {
        diesel::insert_into(dsl::templates).values(row).execute(conn)?;
        return write_file_uses(conn, template, Named::LayersFile, Vec::new(), now);
    };
    let seen = dsl::templates.filter(dsl::id.eq(DbId(change.state().id.uuid())));
    let seen = seen.filter(dsl::version.eq(expected.get()));
    if change.is_erased() {
        won(diesel::delete(seen).execute(conn)?)?;
        write_file_uses(conn, template, Named::LayersFile, now, Vec::new())?;
        return refuse_if_used(conn, Target::Template(change.state().id));
    }
    won(diesel::update(seen).set(row).execute(conn)?)?;
    let before = change.before().map_or_else(|| now.clone(), files);
    write_file_uses(conn, template, Named::LayersFile, before, now)
}
