//! Compositions: each version is kept, one stands for an episode, and outputs are as far as their jobs.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use showrunner_domain::composition::{
    Approval, Composition, CompositionFilter, CompositionId, CompositionPatch, CompositionQuery, CompositionService,
    CompositionStatus, Encoding, Format, Formats, LayerDrafts, NewComposition, NewTemplate, OutputStatus, Reason,
    RenderWish, Template, TemplatePatch, TemplateQuery, TemplateService,
};
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::{Limit, Line, Page, ServiceError, Terms, Version};

use super::on_both_stores;
use crate::jobs::jobs_on;
use crate::world::{Ids, World, editor, now};

on_both_stores!(
    a_composition_is_found_as_it_was_written_in_each_of_its_versions,
    one_composition_stands_for_an_episode_however_many_are_chosen_at_once,
    outputs_are_as_far_as_the_job_that_makes_them,
    of_many_equal_wishes_one_job_is_queued,
    a_deleted_composition_takes_its_versions_and_outputs_along,
    compositions_are_listed_page_by_page,
    templates_are_kept_and_listed_before_those_that_come_with_the_program,
);

pub(crate) fn compositions_on(world: &World) -> CompositionService {
    CompositionService {
        compositions: world.ports.compositions.clone(),
        templates: world.ports.templates.clone(),
        episodes: world.ports.episodes.clone(),
        files: world.ports.files.clone(),
        jobs: world.ports.jobs.clone(),
        ledger: world.ports.ledger.clone(),
        clock: world.clock.clone(),
        ids: Arc::new(Ids),
    }
}

fn line<const MAX: usize>(text: &str) -> Line<MAX> {
    Line::parse(text).unwrap()
}

pub(crate) async fn create(world: &World, name: &str, episode: Option<EpisodeId>) -> Composition {
    let layers = json!([
        {"role": "shade", "kind": "shape", "fill": "#101828", "opacity": 0.3333},
        {"role": "title", "kind": "text", "source": {"text": "Ünï {title} 画"}, "fill": null,
         "stroke": {"color": "#ff000080", "width": 0.01}},
    ]);
    let others = CompositionPatch {
        episode_id: Some(episode),
        formats: Some(Formats::parse(vec![Format::Tiktok, Format::Youtube]).unwrap()),
        layers: Some(LayerDrafts::read("layers", layers).unwrap()),
        ..CompositionPatch::default()
    };
    let new = NewComposition { name: line(name), others };
    now(compositions_on(world).create(&editor(), new, &Terms::default()).await.unwrap())
}

async fn find(world: &World, id: CompositionId) -> Composition {
    compositions_on(world).get(&editor(), id).await.unwrap()
}

async fn a_composition_is_found_as_it_was_written_in_each_of_its_versions(world: World) {
    let (service, caller, terms) = (compositions_on(&world), editor(), Terms::default());
    let episode = world.create("Pilot").await;
    let first = create(&world, "Pilot", Some(episode.id)).await;
    assert_eq!(find(&world, first.id).await, first);
    let patch = CompositionPatch { name: Some(line("Pilot, final")), ..CompositionPatch::default() };
    let second = now(service.update(&caller, first.id, patch, &terms).await.unwrap());
    now(service.submit(&caller, first.id, &terms).await.unwrap());
    let reason = Some(Reason::parse("too dark").unwrap());
    let fourth = now(service.reject(&caller, first.id, reason, &terms).await.unwrap());
    assert_eq!(find(&world, first.id).await, fourth);
    let limit = Limit::parse(3).unwrap();
    let Page { items, next, .. } = service.versions(&caller, first.id, None, limit).await.unwrap();
    let told: Vec<_> = items.iter().map(|version| (version.version.get(), version.changed_fields.clone())).collect();
    let fields = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        told,
        [(4, fields(&["approval", "rejection_reason"])), (3, fields(&["approval"])), (2, fields(&["name"]))]
    );
    assert_eq!(items[2].design, second.design);
    let rest = service.versions(&caller, first.id, next, limit).await.unwrap();
    assert_eq!((rest.items.len(), &rest.items[0].design, rest.next), (1, &first.design, None));
    let back = now(service.revert(&caller, first.id, Version::FIRST, &terms).await.unwrap());
    assert_eq!((back.design, back.version.get(), back.approval), (first.design, 5, Approval::Draft));
}

async fn one_composition_stands_for_an_episode_however_many_are_chosen_at_once(world: World) {
    let episode = world.create("Pilot").await;
    let mut made = Vec::new();
    for number in 0..6 {
        made.push(create(&world, &format!("Design {number}"), Some(episode.id)).await.id);
    }
    let (service, caller, terms) = (compositions_on(&world), editor(), Terms::default());
    let choices = join_all(made.iter().map(|id| service.make_primary(&caller, *id, &terms))).await;
    assert!(choices.iter().all(Result::is_ok), "{choices:?}");
    let mut primaries = 0;
    for id in &made {
        primaries += usize::from(find(&world, *id).await.is_primary);
    }
    assert_eq!(primaries, 1);
    let patch = CompositionPatch { episode_id: Some(None), ..CompositionPatch::default() };
    let stands = world.ports.compositions.find_primary(episode.id).await.unwrap().unwrap();
    let moved = now(service.update(&caller, stands.id, patch, &terms).await.unwrap());
    assert!(!moved.is_primary && world.ports.compositions.find_primary(episode.id).await.unwrap().is_none());
}

fn wish() -> RenderWish {
    RenderWish { formats: None, encoding: Encoding::Png }
}

async fn outputs_are_as_far_as_the_job_that_makes_them(world: World) {
    let (service, caller, terms) = (compositions_on(&world), editor(), Terms::default());
    let id = create(&world, "Pilot", None).await.id;
    assert_eq!(find(&world, id).await.status, CompositionStatus::Draft);
    let job = now(service.render(&caller, id, &wish(), &terms).await.unwrap());
    let outputs = service.outputs(&caller, id).await.unwrap();
    let told: Vec<_> = outputs.iter().map(|output| (output.format, output.encoding, output.status)).collect();
    let processing = OutputStatus::Processing;
    assert_eq!(told, [(Format::Youtube, Encoding::Png, processing), (Format::Tiktok, Encoding::Png, processing)]);
    assert_eq!(find(&world, id).await.status, CompositionStatus::Processing);
    jobs_on(&world.ports, &world.clock).cancel(&caller, job.id, &terms).await.unwrap();
    assert_eq!(find(&world, id).await.status, CompositionStatus::Failed);
    let again = now(service.render(&caller, id, &wish(), &terms).await.unwrap());
    assert_ne!(again.id, job.id);
    assert_eq!(find(&world, id).await.status, CompositionStatus::Processing);
}

async fn of_many_equal_wishes_one_job_is_queued(world: World) {
    let (service, caller, terms) = (compositions_on(&world), editor(), Terms::default());
    let id = create(&world, "Pilot", None).await.id;
    let wish = wish();
    let jobs = join_all((0..20).map(|_| service.render(&caller, id, &wish, &terms))).await;
    let mut ids: Vec<_> = jobs.into_iter().map(|job| now(job.unwrap()).id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1);
    let patch = CompositionPatch { name: Some(line("Another version")), ..CompositionPatch::default() };
    service.update(&caller, id, patch, &terms).await.unwrap();
    assert_ne!(now(service.render(&caller, id, &wish, &terms).await.unwrap()).id, ids[0]);
}

async fn a_deleted_composition_takes_its_versions_and_outputs_along(world: World) {
    let (service, caller, terms) = (compositions_on(&world), editor(), Terms::default());
    let id = create(&world, "Pilot", None).await.id;
    service.render(&caller, id, &wish(), &terms).await.unwrap();
    now(service.delete(&caller, id, &terms).await.unwrap());
    assert!(matches!(service.get(&caller, id).await, Err(ServiceError::NotFound { .. })));
    assert!(world.ports.compositions.list_outputs(id).await.unwrap().is_empty());
    assert!(world.ports.compositions.find_version(id, Version::FIRST).await.unwrap().is_none());
    let names: Vec<String> = world.log().await.into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["composition_created", "job_created", "composition_deleted"]);
}

async fn compositions_are_listed_page_by_page(world: World) {
    let (service, caller) = (compositions_on(&world), editor());
    let episode = world.create("Pilot").await;
    let mut made = Vec::new();
    for number in 0..5 {
        let of = (number % 2 == 0).then_some(episode.id);
        made.push(create(&world, &format!("Ä{number}"), of).await.id);
    }
    service.submit(&caller, made[1], &Terms::default()).await.unwrap();
    let listed = async |filter: CompositionFilter| {
        let limit = Limit::parse(2).unwrap();
        let mut query = CompositionQuery { filter, limit, total: true, after: None, asker: None };
        let mut ids = Vec::new();
        loop {
            let page = service.list(&caller, query.clone()).await.unwrap();
            ids.extend(page.items.iter().map(|composition| composition.id));
            query.after = page.next;
            if query.after.is_none() {
                assert_eq!(page.total, Some(ids.len() as u64));
                return ids;
            }
        }
    };
    let all: Vec<_> = made.iter().rev().copied().collect();
    assert_eq!(listed(CompositionFilter::default()).await, all);
    let of_episode = CompositionFilter { episode_id: Some(episode.id), ..CompositionFilter::default() };
    assert_eq!(listed(of_episode).await, [made[4], made[2], made[0]]);
    let pending = CompositionFilter { approval: Some(Approval::Pending), ..CompositionFilter::default() };
    assert_eq!(listed(pending).await, [made[1]]);
    assert_eq!(listed(CompositionFilter { q: Some(line("ä3")), ..CompositionFilter::default() }).await, [made[3]]);
}

async fn templates_are_kept_and_listed_before_those_that_come_with_the_program(world: World) {
    let service = TemplateService {
        templates: world.ports.templates.clone(),
        ledger: world.ports.ledger.clone(),
        clock: world.clock.clone(),
        ids: Arc::new(Ids),
    };
    // A clock of the past would put what is made by it behind those that come with the program.
    world.clock.move_by(100_000_000);
    let (caller, terms) = (editor(), Terms::default());
    let layers = LayerDrafts::read("layers", json!([{"role": "host", "kind": "image", "radius": 0.5}])).unwrap();
    let others = TemplatePatch { layers: Some(layers), ..TemplatePatch::default() };
    let new = NewTemplate { name: line("Interview"), others };
    let made: Template = now(service.create(&caller, new, &terms).await.unwrap());
    assert_eq!(service.get(&caller, made.id).await.unwrap(), made);
    let patch = TemplatePatch { name: Some(line("Talk")), ..TemplatePatch::default() };
    now(service.update(&caller, made.id, patch, &terms).await.unwrap());
    let page = service.list(&caller, TemplateQuery { total: true, ..TemplateQuery::default() }).await.unwrap();
    let names: Vec<_> = page.items.iter().map(|template| (template.name.as_str(), template.built_in)).collect();
    assert_eq!((names[0], names.len(), page.total), (("Talk", false), 4, Some(4)));
    now(service.delete(&caller, made.id, &terms).await.unwrap());
    assert!(matches!(service.get(&caller, made.id).await, Err(ServiceError::NotFound { .. })));
}
