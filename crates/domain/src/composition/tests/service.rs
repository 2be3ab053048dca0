//! Creating, changing and reverting compositions.

use futures_executor::block_on;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::identity::Role;
use crate::{Answered, Committed, Line, RecordChange, ServiceError, Terms};

fn named(name: &'static str) -> NewComposition {
    NewComposition { name: Line::fixed(name), others: CompositionPatch::default() }
}

fn now<T: std::fmt::Debug>(answered: Answered<T>) -> T {
    match answered {
        Answered::Now(record) => record,
        Answered::Before(stored) => panic!("{stored:?}"),
    }
}

fn drafts(value: serde_json::Value) -> LayerDrafts {
    LayerDrafts::read("layers", value).unwrap()
}

#[test]
fn a_name_alone_makes_an_empty_canvas_with_the_default_template_and_its_first_version() {
    let mut world = World::default();
    world
        .ledger
        .expect_commit()
        .once()
        .withf(|set| {
            let [RecordChange::Composition(change), RecordChange::CompositionVersion(version)] = set.changes() else {
                return false;
            };
            change.expected().is_none()
                && version.version == change.state().version
                && version.changed_fields.iter().any(|field| field == "name")
                && set.events().map(|event| event.kind.as_str()).eq(["composition_created"])
        })
        .returning(|_| Ok(Committed));
    let made =
        now(block_on(world.service().create(&caller(Role::Editor), named("Test Composition"), &Terms::default()))
            .unwrap());
    assert_eq!((made.design.layers.as_slice().len(), made.design.template_id), (0, DEFAULT_TEMPLATE));
    assert_eq!((made.status, made.approval), (CompositionStatus::Draft, Approval::Draft));
}

#[test]
fn a_template_that_is_named_gives_its_layers() {
    let mut world = World::default();
    world.ledger.expect_commit().returning(|_| Ok(Committed));
    let square = built_in()[1].clone();
    let others = CompositionPatch { template_id: Some(square.id), ..CompositionPatch::default() };
    let new = NewComposition { others, ..named("Square") };
    let made = now(block_on(world.service().create(&caller(Role::Editor), new, &Terms::default())).unwrap());
    assert_eq!(made.design.layers, square.layers);
}

#[test]
fn a_layer_names_a_file_that_is_there_and_is_an_image() {
    let gone = FileId::new(Uuid::from_u128(99));
    let mut world = World::default();
    world.files.expect_find_file().returning(|_| Ok(None));
    let layers = Some(drafts(json!([{ "role": "host", "source": { "file_id": gone } }])));
    let others = CompositionPatch { layers, ..CompositionPatch::default() };
    let answer = block_on(world.service().create(
        &caller(Role::Editor),
        NewComposition { others, ..named("Pilot") },
        &Terms::default(),
    ));
    match answer {
        Err(ServiceError::Invalid(errors)) => assert!(errors[0].message.contains(&gone.to_string()), "{errors:?}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_edit_puts_a_decision_back_and_says_which_fields_it_changed() {
    let mut world = World::holding(|composition| composition.approval = Approval::Approved);
    world
        .ledger
        .expect_commit()
        .once()
        .withf(|set| {
            let [RecordChange::Composition(_), RecordChange::CompositionVersion(version)] = set.changes() else {
                return false;
            };
            let data: serde_json::Value = serde_json::from_str(&set.events().next().unwrap().data).unwrap();
            version.changed_fields == ["approval", "name"] && data["changedFields"] == json!(["approval", "name"])
        })
        .returning(|_| Ok(Committed));
    let patch = CompositionPatch { name: Some(Line::fixed("Pilot, final")), ..CompositionPatch::default() };
    let edited = block_on(world.service().update(&caller(Role::Editor), composition().id, patch, &Terms::default()));
    let edited = now(edited.unwrap());
    assert_eq!((edited.approval, edited.version.get()), (Approval::Draft, 2));
}

#[test]
fn what_changes_nothing_writes_nothing() {
    let world = World::holding(|_| {});
    let patch = CompositionPatch { name: Some(Line::fixed("Pilot")), ..CompositionPatch::default() };
    let answer = block_on(world.service().update(&caller(Role::Editor), composition().id, patch, &Terms::default()));
    assert_eq!(now(answer.unwrap()), composition());
}

#[test]
fn a_viewer_changes_nothing() {
    let world = World::holding(|_| {});
    let service = world.service();
    let viewer = caller(Role::Viewer);
    let created = block_on(service.create(&viewer, named("Pilot"), &Terms::default()));
    assert!(matches!(created, Err(ServiceError::Forbidden { .. })));
    let deleted = block_on(service.delete(&viewer, composition().id, &Terms::default()));
    assert!(matches!(deleted, Err(ServiceError::Forbidden { .. })));
}

#[test]
fn reverting_makes_a_new_version_of_what_was_designed_then() {
    let mut world = World::holding(|composition| {
        composition.design.name = Line::fixed("Worse");
        composition.version = composition.version.next();
    });
    world.compositions.expect_find_version().returning(|_, version| {
        let Composition { id, design, created_by, created_at, .. } = composition();
        Ok(Some(CompositionVersion {
            composition_id: id,
            version,
            changed_fields: vec![],
            design,
            created_by,
            created_at,
        }))
    });
    world.ledger.expect_commit().once().returning(|_| Ok(Committed));
    let service = world.service();
    let first = crate::Version::FIRST;
    let reverted = block_on(service.revert(&caller(Role::Editor), composition().id, first, &Terms::default())).unwrap();
    let reverted = now(reverted);
    assert_eq!((reverted.design, reverted.version.get()), (composition().design, 3));
}

#[test]
fn a_comparison_names_what_differs_and_nothing_else() {
    let version = |number, name: &'static str| {
        let Composition { id, mut design, created_by, created_at, .. } = composition();
        design.name = Line::fixed(name);
        let version = crate::Version::new(number).unwrap();
        CompositionVersion { composition_id: id, version, changed_fields: vec![], design, created_by, created_at }
    };
    let comparison = Comparison::of(&version(1, "Pilot"), &version(3, "Finale"));
    assert_eq!(
        serde_json::to_value(&comparison).unwrap(),
        json!({"from": 1, "to": 3, "changes": {"name": ["Pilot", "Finale"]}})
    );
}
