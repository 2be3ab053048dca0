//! Deciding about compositions, and letting one stand for its episode.

use futures_executor::block_on;
use uuid::Uuid;

use super::*;
use crate::identity::Role;
use crate::job::JobId;
use crate::{Committed, RecordChange, ServiceError, Terms};

#[test]
fn an_editor_submits_and_an_admin_decides() {
    let mut world = World::holding(|_| {});
    world.ledger.expect_commit().once().returning(|_| Ok(Committed));
    let service = world.service();
    assert!(block_on(service.submit(&caller(Role::Editor), composition().id, &Terms::default())).is_ok());

    let mut world = World::holding(|composition| composition.approval = Approval::Pending);
    world.ledger.expect_commit().once().returning(|_| Ok(Committed));
    let service = world.service();
    let by_editor = block_on(service.approve(&caller(Role::Editor), composition().id, &Terms::default()));
    assert!(matches!(by_editor, Err(ServiceError::Forbidden { .. })));
    assert!(block_on(service.approve(&caller(Role::Admin), composition().id, &Terms::default())).is_ok());
}

#[test]
fn what_nobody_submitted_is_not_decided() {
    let service = World::holding(|_| {}).service();
    let answer = block_on(service.reject(&caller(Role::Admin), composition().id, None, &Terms::default()));
    assert!(matches!(answer, Err(ServiceError::InvalidTransition { from: "draft", to: "rejected", .. })));
}

/// An output of `format` that is there.
fn ready(format: Format, file: u128) -> Output {
    let canvas = format.canvas();
    Output {
        composition_id: composition().id,
        format,
        encoding: Encoding::Jpeg,
        status: OutputStatus::Ready,
        job_id: JobId::new(Uuid::from_u128(4)),
        file_id: Some(FileId::new(Uuid::from_u128(file))),
        width: canvas.width,
        height: canvas.height,
        bytes: None,
        sha256: None,
        composition_version: None,
        rendered_at: None,
        key: None,
    }
}

#[test]
fn a_primary_takes_the_place_of_another_and_gives_the_episode_its_first_picture() {
    let mut world = World::holding(|_| {});
    world.compositions.expect_find_primary().returning(|_| {
        let id = CompositionId::new(Uuid::from_u128(9));
        Ok(Some(Composition { id, is_primary: true, ..composition() }))
    });
    world
        .compositions
        .expect_list_outputs()
        .returning(|_| Ok(vec![ready(Format::InstagramFeed, 61), ready(Format::Youtube, 60)]));
    world
        .ledger
        .expect_commit()
        .once()
        .withf(|set| {
            let [yields, _, takes, _, RecordChange::Episode(episode)] = set.changes() else { return false };
            let (RecordChange::Composition(yields), RecordChange::Composition(takes)) = (yields, takes) else {
                return false;
            };
            let url = episode.state().thumbnail_url.as_ref().unwrap().as_str();
            !yields.state().is_primary
                && takes.state().is_primary
                && set.asked_for() == Some(&RecordChange::Composition(takes.clone()))
                && url.ends_with("00000000003c/content")
        })
        .returning(|_| Ok(Committed));
    let answer = block_on(world.service().make_primary(&caller(Role::Editor), composition().id, &Terms::default()));
    assert!(answer.is_ok(), "{answer:?}");
}

#[test]
fn what_is_for_no_episode_stands_for_none() {
    let service = World::holding(|composition| composition.design.episode_id = None).service();
    let answer = block_on(service.make_primary(&caller(Role::Editor), composition().id, &Terms::default()));
    assert!(matches!(answer, Err(ServiceError::Conflict { .. })));
}
