//! The use cases of templates: load, transition, commit.

use std::sync::Arc;

use super::transition::Wanted;
use super::{
    NewTemplate, Template, TemplateAfter, TemplateId, TemplatePatch, TemplateQuery, TemplateStore, built_in,
    find_built_in,
};
use crate::composition::Layers;
use crate::event::Stamp;
use crate::identity::{Action, Caller, permit};
use crate::writing::{Decision, Writing};
use crate::{Answered, Clock, IdSource, Ledger, Page, ResourceKind, ServiceError, Terms};

/// Everything that can be done with templates.
pub struct TemplateService {
    /// Reads templates.
    pub templates: Arc<dyn TemplateStore>,
    /// Writes them.
    pub ledger: Arc<dyn Ledger>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

impl TemplateService {
    /// The template.
    pub async fn get(&self, caller: &Caller, id: TemplateId) -> Result<Template, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Template)?;
        self.load(id).await
    }

    /// A page of templates, the newest first: those that come with the program are the oldest.
    pub async fn list(
        &self,
        caller: &Caller,
        query: TemplateQuery,
    ) -> Result<Page<Template, TemplateAfter>, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Template)?;
        let Page { mut items, next, total } = self.templates.list_templates(query).await?;
        if next.is_some() {
            return Ok(Page { items, next, total: total.map(|count| count + 3) });
        }
        let mut built_in = built_in();
        built_in.sort_by_key(|template| std::cmp::Reverse(TemplateAfter::of(template)));
        let behind = |template: &Template| query.after.is_none_or(|after| TemplateAfter::of(template) < after);
        items.extend(built_in.into_iter().filter(behind));
        Ok(Page::cut(items, query.limit, total.map(|count| count + 3), TemplateAfter::of))
    }

    /// Creates a template, once for each receipt.
    pub async fn create(
        &self,
        caller: &Caller,
        new: NewTemplate,
        terms: &Terms,
    ) -> Result<Answered<Template>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Template)?;
        let id = TemplateId::new(self.ids.next());
        let Wanted { description, layers, .. } = wanted(new.others)?;
        let (description, layers) = (description.unwrap_or_default(), layers.unwrap_or_default());
        let create = || Template::create(id, new.name, description, layers, &self.stamp(caller));
        self.writing(terms).create(create).await
    }

    /// Merges `patch` into a template, once for each receipt. Where nothing differs nothing is written.
    pub async fn update(
        &self,
        caller: &Caller,
        id: TemplateId,
        patch: TemplatePatch,
        terms: &Terms,
    ) -> Result<Answered<Template>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Template)?;
        let wanted = wanted(patch)?;
        let decide = |template: Template| {
            changeable(&template)?;
            let unchanged = template.clone();
            let change = template.update(wanted.clone(), &self.stamp(caller));
            Ok(change.map_or(Decision::Leave(unchanged), Decision::Write))
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    /// Deletes a template for good and answers its last state. Compositions keep what they have taken from it.
    pub async fn delete(
        &self,
        caller: &Caller,
        id: TemplateId,
        terms: &Terms,
    ) -> Result<Answered<Template>, ServiceError> {
        permit(&caller.actor, Action::Write, ResourceKind::Template)?;
        let decide = |template: Template| {
            changeable(&template)?;
            Ok(Decision::Write(template.delete(&self.stamp(caller))))
        };
        self.writing(terms).change(|| self.load(id), decide).await
    }

    async fn load(&self, id: TemplateId) -> Result<Template, ServiceError> {
        if let Some(template) = find_built_in(id) {
            return Ok(template);
        }
        self.templates.find_template(id).await?.ok_or(ServiceError::NotFound { kind: ResourceKind::Template })
    }

    fn writing<'a>(&'a self, terms: &'a Terms) -> Writing<'a> {
        Writing { ledger: self.ledger.as_ref(), terms }
    }

    fn stamp(&self, caller: &Caller) -> Stamp {
        Stamp::of(caller, self.ids.as_ref(), self.clock.now())
    }
}

fn wanted(patch: TemplatePatch) -> Result<Wanted, ServiceError> {
    let TemplatePatch { name, description, layers } = patch;
    let layers = layers.map(|drafts| drafts.complete(&Layers::default())).transpose().map_err(ServiceError::Invalid)?;
    layers.as_ref().map_or(Ok(()), Layers::check_budget)?;
    Ok(Wanted { name, description, layers })
}

fn changeable(template: &Template) -> Result<(), ServiceError> {
    if template.built_in {
        return Err(ServiceError::Conflict {
            reason: "this template comes with the program: make a copy and change that",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use uuid::Uuid;

    use super::*;
    use crate::event::Origin;
    use crate::identity::{Actor, Role, ShowRoles, UserId};
    use crate::mocks::{MockClock, MockIdSource, MockLedger, MockTemplateStore};
    use crate::{Committed, Limit, Timestamp};

    fn caller(role: Role) -> Caller {
        let expires_at = Timestamp::from_micros(i64::from(u32::MAX)).unwrap();
        let id = UserId::new(Uuid::from_u128(5));
        let (email, name) = ("editor@example.com".into(), "An editor".into());
        let actor =
            Actor { id, email, name, role, shows: ShowRoles::default(), granted: role, session: None, expires_at };
        Caller { actor, origin: Origin::default() }
    }

    fn service(templates: MockTemplateStore, ledger: MockLedger) -> TemplateService {
        let mut clock = MockClock::new();
        clock.expect_now().returning(|| Timestamp::parse("2026-11-26T00:00:00Z").unwrap());
        let mut ids = MockIdSource::new();
        ids.expect_next().returning(|| Uuid::from_u128(77));
        let (clock, ids) = (Arc::new(clock), Arc::new(ids));
        TemplateService { templates: Arc::new(templates), ledger: Arc::new(ledger), clock, ids }
    }

    fn empty() -> MockTemplateStore {
        let mut templates = MockTemplateStore::new();
        templates
            .expect_list_templates()
            .returning(|query| Ok(Page { items: Vec::new(), next: None, total: query.total.then_some(0) }));
        templates
    }

    #[test]
    fn a_list_ends_with_those_that_come_with_the_program_page_by_page() {
        let service = service(empty(), MockLedger::new());
        let (mut query, mut names) =
            (TemplateQuery { limit: Limit::parse(2).unwrap(), ..TemplateQuery::default() }, vec![]);
        loop {
            let page = block_on(service.list(&caller(Role::Viewer), query)).unwrap();
            names.extend(page.items.iter().map(|template| template.name.to_string()));
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        assert_eq!(names, ["Portrait host and guest", "Square host and guest", "Landscape host and guest"]);
    }

    #[test]
    fn what_comes_with_the_program_stays_as_it_is() {
        let service = service(MockTemplateStore::new(), MockLedger::new());
        let id = built_in()[0].id;
        let answer = block_on(service.delete(&caller(Role::Admin), id, &Terms::default()));
        assert!(matches!(answer, Err(ServiceError::Conflict { .. })));
        let patch = TemplatePatch { name: Some(crate::Line::fixed("Mine")), ..TemplatePatch::default() };
        let answer = block_on(service.update(&caller(Role::Admin), id, patch, &Terms::default()));
        assert!(matches!(answer, Err(ServiceError::Conflict { .. })));
    }

    #[test]
    fn an_editor_makes_templates_and_a_viewer_does_not() {
        let mut ledger = MockLedger::new();
        ledger.expect_commit().once().returning(|_| Ok(Committed));
        let service = service(MockTemplateStore::new(), ledger);
        let new = NewTemplate { name: crate::Line::fixed("Mine"), others: TemplatePatch::default() };
        assert!(block_on(service.create(&caller(Role::Editor), new.clone(), &Terms::default())).is_ok());
        let refused = block_on(service.create(&caller(Role::Viewer), new, &Terms::default()));
        assert!(matches!(refused, Err(ServiceError::Forbidden { .. })));
    }
}
