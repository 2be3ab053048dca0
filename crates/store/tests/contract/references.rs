//! No record leaves while others refer to it, and nothing comes to refer to one that has left, whoever does both at once.

use std::sync::Arc;

use serde_json::json;
use showrunner_domain::composition::{
    Composition, CompositionPatch, DEFAULT_TEMPLATE, Encoding, LayerDrafts, NewComposition, NewTemplate, RenderWish,
    Template, TemplatePatch, TemplateService,
};
use showrunner_domain::episode::{Episode, EpisodePatch, ThumbnailUrl};
use showrunner_domain::file::{File, FileId, FileName, NewFile};
use showrunner_domain::job::{JobStatus, NewJob};
use showrunner_domain::removal::{RemovalService, Target};
use showrunner_domain::show::{NewShow, ShowId, ShowName, ShowPatch};
use showrunner_domain::{Line, Reference, ResourceKind, ServiceError, Terms};
use showrunner_store::Ports;
use uuid::Uuid;

use super::on_both_stores;
use crate::compositions::compositions_on;
use crate::files::{files_on, upload};
use crate::jobs::{events, jobs_on, kind, queue};
use crate::world::{HandSetClock, Ids, World, draft, editor, episodes_on, now, shows_on};

on_both_stores!(
    a_file_that_is_named_stays_until_that_is_cleared,
    a_file_that_an_output_has_stays_until_that_is_forgotten,
    a_show_stays_for_its_episodes_also_for_those_that_were_deleted,
    a_template_stays_for_the_compositions_that_have_chosen_it,
    an_episode_stays_for_compositions_files_and_live_jobs,
    what_is_gone_cannot_be_named,
    of_a_deletion_and_a_reference_at_once_one_is_refused,
    what_was_named_before_references_were_kept_is_known,
);

fn templates_on(ports: &Ports, clock: &Arc<HandSetClock>) -> TemplateService {
    let (templates, ledger) = (ports.templates.clone(), ports.ledger.clone());
    TemplateService { templates, ledger, clock: clock.clone(), ids: Arc::new(Ids) }
}

fn removals(world: &World) -> RemovalService {
    let (ports, clock) = (&world.ports, &world.clock);
    RemovalService {
        files: Arc::new(files_on(world)),
        shows: Arc::new(shows_on(ports, clock)),
        episodes: Arc::new(episodes_on(ports, clock)),
        templates: Arc::new(templates_on(ports, clock)),
        references: ports.references.clone(),
        compositions: ports.compositions.clone(),
        jobs: ports.jobs.clone(),
        ledger: ports.ledger.clone(),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    }
}

/// One layer with the picture in this file.
fn picture(file: FileId) -> LayerDrafts {
    LayerDrafts::read("layers", json!([{"role": "host", "kind": "image", "source": {"file_id": file}}])).unwrap()
}

async fn composition(world: &World, others: CompositionPatch) -> Composition {
    let new = NewComposition { name: Line::parse("Poster").unwrap(), others };
    now(compositions_on(world).create(&editor(), new, &Terms::default()).await.unwrap())
}

async fn template(world: &World, layers: Option<LayerDrafts>) -> Template {
    let others = TemplatePatch { layers, ..TemplatePatch::default() };
    let new = NewTemplate { name: Line::parse("Layout").unwrap(), others };
    now(templates_on(&world.ports, &world.clock).create(&editor(), new, &Terms::default()).await.unwrap())
}

async fn show(world: &World) -> ShowId {
    let new = NewShow { name: ShowName::parse("A show").unwrap(), others: ShowPatch::default() };
    now(world.shows().create(&editor(), new, &Terms::default()).await.unwrap()).id
}

async fn change_episode(world: &World, episode: &Episode, patch: EpisodePatch) -> Result<Episode, ServiceError> {
    world.episodes().update(&editor(), episode.id, &patch, &Terms::default()).await.map(now)
}

fn showing(file: FileId) -> EpisodePatch {
    let url = ThumbnailUrl::parse(format!("/api/v1/files/{file}/content")).unwrap();
    EpisodePatch { thumbnail_url: Some(Some(url)), ..EpisodePatch::default() }
}

fn of(kind: ResourceKind, id: Uuid, name: &str) -> Reference {
    Reference { kind, id, name: name.to_owned() }
}

/// What a refusal says that the record is used by.
#[track_caller]
fn users<T: std::fmt::Debug>(refused: Result<T, ServiceError>) -> Vec<Reference> {
    match refused {
        Err(ServiceError::InUse { used_by, .. }) => {
            assert_eq!(used_by.first.len() as u64, used_by.total);
            let mut users = used_by.first;
            users.sort_by_key(|user| (user.kind.as_str(), user.id));
            users
        }
        other => panic!("{other:?}"),
    }
}

async fn a_file_that_is_named_stays_until_that_is_cleared(world: World) {
    let (removals, terms) = (removals(&world), Terms::default());
    let file = upload(&files_on(&world), "host.png", b"host").await;
    let layers = Some(picture(file.id));
    let poster = composition(&world, CompositionPatch { layers, ..CompositionPatch::default() }).await;
    let layout = template(&world, Some(picture(file.id))).await;
    let pilot = world.create("Pilot").await;
    change_episode(&world, &pilot, showing(file.id)).await.unwrap();
    let hidden = now(world.episodes().create(&editor(), draft("Hidden", 2), &terms).await.unwrap());
    change_episode(&world, &hidden, showing(file.id)).await.unwrap();
    now(world.episodes().delete(&editor(), hidden.id, &terms).await.unwrap());

    let mut expected = vec![
        of(ResourceKind::Composition, poster.id.uuid(), "Poster"),
        of(ResourceKind::Episode, pilot.id.uuid(), "Pilot"),
        of(ResourceKind::Episode, hidden.id.uuid(), "Hidden"),
        of(ResourceKind::Template, layout.id.uuid(), "Layout"),
    ];
    expected.sort_by_key(|user| (user.kind.as_str(), user.id));
    assert_eq!(users(removals.delete_file(&editor(), file.id, false, &terms).await), expected);
    assert!(world.ports.files.find_file(file.id).await.unwrap().is_some());

    now(removals.delete_file(&editor(), file.id, true, &terms).await.unwrap());
    assert!(world.ports.files.find_file(file.id).await.unwrap().is_none());
    let poster = world.ports.compositions.find_composition(poster.id).await.unwrap().unwrap();
    let layout = world.ports.templates.find_template(layout.id).await.unwrap().unwrap();
    for layers in [&poster.design.layers, &layout.layers] {
        assert_eq!((layers.as_slice().len(), layers.files().len()), (1, 0), "a place for another picture stays");
    }
    for episode in [pilot.id, hidden.id] {
        assert_eq!(world.ports.episodes.find_episode(episode).await.unwrap().unwrap().thumbnail_url, None);
    }
    let told = events(&world).await.split_off(7);
    for (name, times) in
        [("composition_updated", 1), ("template_updated", 1), ("episode_updated", 2), ("file_deleted", 1)]
    {
        assert_eq!(told.iter().filter(|told| *told == name).count(), times, "{name}: {told:?}");
    }
}

async fn a_file_that_an_output_has_stays_until_that_is_forgotten(world: World) {
    let (removals, terms) = (removals(&world), Terms::default());
    let poster = composition(&world, CompositionPatch::default()).await;
    let wish = RenderWish { formats: None, encoding: Encoding::Png };
    now(compositions_on(&world).render(&editor(), poster.id, &wish, &terms).await.unwrap());
    let file = upload(&files_on(&world), "poster.png", b"poster").await;
    world.sql(&format!("update composition_outputs set file_id = '{}'", file.id));
    let used_by = users(removals.delete_file(&editor(), file.id, false, &terms).await);
    assert_eq!(used_by, [of(ResourceKind::Composition, poster.id.uuid(), "Poster")]);
    now(removals.delete_file(&editor(), file.id, true, &terms).await.unwrap());
    assert!(world.ports.compositions.list_outputs(poster.id).await.unwrap().is_empty());
    let after = world.ports.compositions.find_composition(poster.id).await.unwrap().unwrap();
    assert_eq!((after.version, after.design), (poster.version.next(), poster.design));
}

async fn a_show_stays_for_its_episodes_also_for_those_that_were_deleted(world: World) {
    let (removals, terms, show) = (removals(&world), Terms::default(), show(&world).await);
    let within = EpisodePatch { show_id: Some(Some(show)), ..EpisodePatch::default() };
    let hidden = world.create("Hidden").await;
    change_episode(&world, &hidden, within.clone()).await.unwrap();
    now(world.episodes().delete(&editor(), hidden.id, &terms).await.unwrap());
    let of_hidden = of(ResourceKind::Episode, hidden.id.uuid(), "Hidden");
    assert_eq!(users(removals.delete_show(&editor(), show, false, &terms).await), std::slice::from_ref(&of_hidden));
    let live = world.create("Live").await;
    change_episode(&world, &live, within).await.unwrap();
    let mut expected = [of_hidden, of(ResourceKind::Episode, live.id.uuid(), "Live")];
    expected.sort_by_key(|user| user.id);
    assert_eq!(users(removals.delete_show(&editor(), show, false, &terms).await), expected);

    now(removals.delete_show(&editor(), show, true, &terms).await.unwrap());
    assert!(world.ports.shows.find_show(show).await.unwrap().is_none());
    let restored = now(world.episodes().restore(&editor(), hidden.id, &terms).await.unwrap());
    assert_eq!(restored.show_id, None);
    assert_eq!(world.ports.episodes.find_episode(live.id).await.unwrap().unwrap().show_id, None);
}

async fn a_template_stays_for_the_compositions_that_have_chosen_it(world: World) {
    let (removals, terms, layout) = (removals(&world), Terms::default(), template(&world, None).await.id);
    let chosen = CompositionPatch { template_id: Some(layout), ..CompositionPatch::default() };
    let poster = composition(&world, chosen).await;
    let used_by = users(removals.delete_template(&editor(), layout, false, &terms).await);
    assert_eq!(used_by, [of(ResourceKind::Composition, poster.id.uuid(), "Poster")]);
    now(removals.delete_template(&editor(), layout, true, &terms).await.unwrap());
    let after = world.ports.compositions.find_composition(poster.id).await.unwrap().unwrap();
    assert_eq!(after.design.template_id, DEFAULT_TEMPLATE);
    let compositions = compositions_on(&world);
    let back = now(compositions.revert(&editor(), poster.id, poster.version, &terms).await.unwrap());
    assert_eq!(back.design.template_id, DEFAULT_TEMPLATE, "an earlier version comes back without it");
}

async fn an_episode_stays_for_compositions_files_and_live_jobs(world: World) {
    let (removals, terms, pilot) = (removals(&world), Terms::default(), world.create("Pilot").await);
    let for_pilot = CompositionPatch { episode_id: Some(Some(pilot.id)), ..CompositionPatch::default() };
    let poster = composition(&world, for_pilot).await;
    let job = || NewJob { episode_id: Some(pilot.id), ..NewJob::of(kind("test")) };
    let (live, ended) = (queue(&world, job()).await, queue(&world, job()).await);
    now(jobs_on(&world.ports, &world.clock).cancel(&editor(), ended.id, &terms).await.unwrap());
    let files = files_on(&world);
    let (caller, new) = (editor(), NewFile { name: FileName::parse("a.png").unwrap(), episode_id: Some(pilot.id) });
    let mut coming = files.begin(&caller, new).await.unwrap();
    coming.write(b"still").await.unwrap();
    let still: File = coming.finish().await.unwrap();

    let mut expected = vec![
        of(ResourceKind::Composition, poster.id.uuid(), "Poster"),
        of(ResourceKind::File, still.id.uuid(), "a.png"),
        of(ResourceKind::Job, live.id.uuid(), "test"),
    ];
    expected.sort_by_key(|user| (user.kind.as_str(), user.id));
    assert_eq!(users(removals.erase_episode(&editor(), pilot.id, false, &terms).await), expected);
    now(removals.erase_episode(&editor(), pilot.id, true, &terms).await.unwrap());
    let poster = world.ports.compositions.find_composition(poster.id).await.unwrap().unwrap();
    let still = world.ports.files.find_file(still.id).await.unwrap().unwrap();
    let live = world.ports.jobs.find_job(live.id).await.unwrap().unwrap();
    assert_eq!((poster.design.episode_id, still.episode_id, live.status), (None, None, JobStatus::Cancelled));
    assert_eq!(live.episode_id, Some(pilot.id), "what a job was for stays in its history");
    assert!(events(&world).await.ends_with(&["episode_deleted".to_owned()]));
}

async fn what_is_gone_cannot_be_named(world: World) {
    let (terms, files) = (Terms::default(), files_on(&world));
    let file = upload(&files, "host.png", b"host").await;
    now(files.delete(&editor(), file.id, &terms).await.unwrap());
    let refused = |answer: Result<(), ServiceError>, field: &str| match answer {
        Err(ServiceError::Invalid(errors)) => assert_eq!(errors[0].field, field),
        other => panic!("{field}: {other:?}"),
    };
    let pilot = world.create("Pilot").await;
    refused(change_episode(&world, &pilot, showing(file.id)).await.map(drop), "thumbnail_url");
    let others = TemplatePatch { layers: Some(picture(file.id)), ..TemplatePatch::default() };
    let new = NewTemplate { name: Line::parse("Layout").unwrap(), others };
    let templates = templates_on(&world.ports, &world.clock);
    refused(templates.create(&editor(), new, &terms).await.map(drop), "layers");
    let elsewhere = EpisodePatch {
        thumbnail_url: Some(Some(ThumbnailUrl::parse("https://example.com/a.jpg").unwrap())),
        ..EpisodePatch::default()
    };
    change_episode(&world, &pilot, elsewhere).await.unwrap();
}

async fn of_a_deletion_and_a_reference_at_once_one_is_refused(world: World) {
    let (other, clock) = world.second_node();
    let poster = composition(&world, CompositionPatch::default()).await;
    let mut outcomes = [0, 0];
    for round in 0..30_u8 {
        let file = upload(&files_on(&world), &format!("{round}.png"), &[round]).await;
        let (episodes, pilot) = (episodes_on(&other, &clock), world.create(&format!("Episode {round}")).await);
        let (removals, compositions) = (removals(&world), compositions_on(&world));
        let (terms, caller) = (Terms::default(), editor());
        let patch = CompositionPatch { layers: Some(picture(file.id)), ..CompositionPatch::default() };
        let shown = showing(file.id);
        let (deleted, drawn, thumbnail) = tokio::join!(
            removals.delete_file(&caller, file.id, false, &terms),
            compositions.update(&caller, poster.id, patch, &terms),
            episodes.update(&caller, pilot.id, &shown, &terms),
        );
        let is_there = world.ports.files.find_file(file.id).await.unwrap().is_some();
        let poster = world.ports.compositions.find_composition(poster.id).await.unwrap().unwrap();
        let pilot = world.ports.episodes.find_episode(pilot.id).await.unwrap().unwrap();
        let named = poster.design.layers.files().contains(&file.id) || pilot.thumbnail_url.is_some();
        assert_eq!((is_there, deleted.is_err()), (named, named), "{deleted:?}, {drawn:?}, {thumbnail:?}");
        outcomes[usize::from(named)] += 1;
    }
    println!("{outcomes:?} times the file went, or was named");
}

async fn what_was_named_before_references_were_kept_is_known(world: World) {
    let file = upload(&files_on(&world), "host.png", b"host").await;
    let layers = Some(picture(file.id));
    composition(&world, CompositionPatch { layers, ..CompositionPatch::default() }).await;
    template(&world, Some(picture(file.id))).await;
    let pilot = world.create("Pilot").await;
    change_episode(&world, &pilot, showing(file.id)).await.unwrap();
    let store = if world.is_postgres() { "postgres" } else { "sqlite" };
    let folder = format!("{}/../../migrations/{store}/2026-11-27-050200_references", env!("CARGO_MANIFEST_DIR"));
    for step in ["down", "up"] {
        for statement in std::fs::read_to_string(format!("{folder}/{step}.sql")).unwrap().split_inclusive(";\n") {
            world.sql(statement);
        }
    }
    let found = world.ports.references.references(Target::File(file.id), 20).await.unwrap();
    assert_eq!((found.total, found.first.len()), (3, 3), "{found:?}");
}
