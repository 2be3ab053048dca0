//! A change set is written wholly or not at all, and over the version that was seen.

use showrunner_domain::episode::{EpisodePatch, EpisodeQuery, NewEpisode};
use showrunner_domain::event::ImportMark;
use showrunner_domain::identity::{AccessService, Bearers, Email, Revocations, Role};
use showrunner_domain::import::{Cell, ImportService, Mode, Sheet};
use showrunner_domain::mocks::{MockTokenSigner, MockTokenVerifier};
use showrunner_domain::show::ShowId;
use showrunner_domain::{
    ChangeSet, Clock as _, CommitError, Precondition, Receipt, ServiceError, StoredReceipt, Terms,
};

use super::on_both_stores;
use crate::world::{Ids, World, draft, editor, next_id, now, titled};

on_both_stores!(
    a_commit_writes_state_and_event_together,
    a_commit_that_fails_at_its_last_statement_leaves_nothing,
    of_many_writers_with_one_version_one_wins,
    without_a_version_every_writer_gets_through,
    changes_that_fail_take_none_of_those_along_that_are_committed_beside_them,
    an_erased_record_is_gone_and_its_event_is_there,
    a_taken_address_is_told_apart_from_other_failures,
    a_receipt_is_kept_with_the_change_and_refuses_its_repetition,
    a_receipt_is_valid_for_a_day,
    receipts_that_have_expired_are_removed_some_at_a_time_and_no_others,
    many_repetitions_at_once_carry_the_change_out_once,
    an_import_is_written_wholly_and_its_events_are_marked,
    an_import_that_fails_at_one_row_leaves_nothing,
    of_many_imports_of_one_name_at_once_one_is_written,
);

async fn a_commit_writes_state_and_event_together(world: World) {
    let episode = world.create("Pilot").await;
    assert_eq!(world.ports.episodes.find_episode(episode.id).await.unwrap(), Some(episode.clone()));
    let log = world.log().await;
    assert_eq!(log.len(), 1);
    assert_eq!((log[0].seq.get(), log[0].name.as_str()), (1, "episode_created"));
    assert_eq!(log[0].subject.id, episode.id.uuid());
    assert_eq!(log[0].origin, editor().origin);
}

async fn a_commit_that_fails_at_its_last_statement_leaves_nothing(world: World) {
    let table = if world.is_postgres() {
        world.sql("alter table outbox add constraint none check (name <> 'episode_updated')");
        "outbox"
    } else {
        world.sql(
            "create trigger none before insert on events when new.name = 'episode_updated' \
             begin select raise(abort, 'no'); end",
        );
        "events"
    };
    let episode = world.create("Pilot").await;
    let updated = world.episodes().update(&editor(), episode.id, &titled("Later"), &Terms::default()).await;
    assert!(matches!(updated, Err(ServiceError::Unavailable(_))), "{table}: {updated:?}");
    assert_eq!(world.ports.episodes.find_episode(episode.id).await.unwrap(), Some(episode));
    assert_eq!(world.log().await.len(), 1);
}

async fn of_many_writers_with_one_version_one_wins(world: World) {
    let episode = world.create("Pilot").await;
    let seen = Terms::from(Precondition::OneOf(vec![episode.version]));
    let races = (0..50).map(|n| {
        let (episodes, seen) = (world.episodes(), seen.clone());
        tokio::spawn(async move { episodes.update(&editor(), episode.id, &titled(&format!("Take {n}")), &seen).await })
    });
    let mut won = 0;
    for race in races.collect::<Vec<_>>() {
        match race.await.unwrap() {
            Ok(updated) => {
                won += 1;
                assert_eq!(now(updated).version, episode.version.next());
            }
            Err(error) => assert!(matches!(error, ServiceError::VersionMismatch { current } if current.get() == 2)),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(world.log().await.len(), 2);
}

async fn without_a_version_every_writer_gets_through(world: World) {
    let episode = world.create("Pilot").await;
    let races = (0..20).map(|n| {
        let episodes = world.episodes();
        let patch = titled(&format!("Take {n}"));
        tokio::spawn(async move { episodes.update(&editor(), episode.id, &patch, &Terms::default()).await })
    });
    for race in races.collect::<Vec<_>>() {
        race.await.unwrap().unwrap();
    }
    let last = world.ports.episodes.find_episode(episode.id).await.unwrap().unwrap();
    assert_eq!(last.version.get(), 21);
    assert_eq!(world.log().await.len(), 21);
}

async fn changes_that_fail_take_none_of_those_along_that_are_committed_beside_them(world: World) {
    let pilot = world.create("Pilot").await;
    let stale = Terms::from(Precondition::OneOf(vec![pilot.version]));
    let races = (0..60).map(|n| {
        let (episodes, stale, id) = (world.episodes(), stale.clone(), pilot.id);
        tokio::spawn(async move {
            if n % 10 == 0 {
                let unknown = EpisodePatch { show_id: Some(Some(ShowId::new(next_id()))), ..EpisodePatch::default() };
                let new = NewEpisode { others: unknown, ..draft("Of no show", 1) };
                episodes.create(&editor(), new, &Terms::default()).await.is_ok()
            } else if n % 5 == 0 {
                episodes.update(&editor(), id, &titled(&format!("Take {n}")), &stale).await.is_ok()
            } else {
                episodes.create(&editor(), draft("Another", n), &Terms::default()).await.is_ok()
            }
        })
    });
    let mut done = 0;
    for race in races.collect::<Vec<_>>() {
        done += usize::from(race.await.unwrap());
    }
    assert_eq!(done, 48 + 1, "of the updates over one version one wins");
    let log = world.log().await;
    assert_eq!(log.iter().map(|event| event.seq.get()).collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    let mut told: Vec<_> = log.iter().map(|event| event.id).collect();
    told.sort_unstable();
    told.dedup();
    assert_eq!(told.len(), 50);
}

async fn an_erased_record_is_gone_and_its_event_is_there(world: World) {
    let episode = world.create("Pilot").await;
    world.episodes().delete(&editor(), episode.id, &Terms::default()).await.unwrap();
    world.episodes().erase(&editor(), episode.id, &Terms::default()).await.unwrap();
    assert_eq!(world.ports.episodes.find_episode(episode.id).await.unwrap(), None);
    let names: Vec<_> = world.log().await.into_iter().map(|event| event.name).collect();
    assert_eq!(names, ["episode_created", "episode_deleted", "episode_deleted"]);
}

async fn a_taken_address_is_told_apart_from_other_failures(world: World) {
    let mut signer = MockTokenSigner::new();
    signer.expect_sign().returning(|claims| Ok(claims.sub.to_string()));
    let access = || AccessService {
        bearers: std::sync::Arc::new(Bearers::new(world.ports.users.clone())),
        users: world.ports.users.clone(),
        ledger: world.ports.ledger.clone(),
        verifier: std::sync::Arc::new(MockTokenVerifier::new()),
        revocations: std::sync::Arc::new(Revocations::new(world.ports.signing_keys.clone())),
        clock: world.clock.clone(),
        ids: std::sync::Arc::new(Ids),
    };
    let email = Email::parse("editor@example.com").unwrap();
    let (one, other) = (access(), access());
    let (one, other) = tokio::join!(
        one.issue(&signer, email.clone(), Role::Editor),
        other.issue(&signer, email.clone(), Role::Viewer)
    );
    assert_eq!(one.unwrap(), other.unwrap(), "both tokens are of the one user");
    let user = world.ports.users.find_user_by_email(&email).await.unwrap().unwrap();
    assert_eq!(world.ports.users.find_user(user.id).await.unwrap(), Some(user));
    assert_eq!(world.log().await.len(), 1);
}

fn receipt(world: &World, fingerprint: &str) -> Receipt {
    let scope = "editor POST /episodes key-1".into();
    Receipt { scope, fingerprint: fingerprint.into(), asked_at: world.clock.now() }
}

/// Change sets come from the domain alone, so they are caught on their way to the ledger.
async fn caught(world: &World, title: &str) -> ChangeSet {
    let caught = std::sync::Arc::new(std::sync::Mutex::new(None));
    let keep = caught.clone();
    let mut ledger = showrunner_domain::mocks::MockLedger::new();
    ledger.expect_commit().returning(move |set| {
        *keep.lock().unwrap() = Some(set);
        Ok(showrunner_domain::Committed)
    });
    let mut episodes = world.episodes();
    episodes.ledger = std::sync::Arc::new(ledger);
    episodes.create(&editor(), draft(title, 1), &Terms::default()).await.unwrap();
    caught.lock().unwrap().take().unwrap()
}

async fn a_receipt_is_kept_with_the_change_and_refuses_its_repetition(world: World) {
    let set = caught(&world, "Pilot").await;
    world.ports.ledger.commit(set.with_receipt(receipt(&world, "a"))).await.unwrap();
    let again = caught(&world, "Another").await.with_receipt(receipt(&world, "b"));
    match world.ports.ledger.commit(again).await {
        Err(CommitError::Received(StoredReceipt { fingerprint, created, record })) => {
            assert_eq!((fingerprint.as_str(), created), ("a", true));
            assert!(record.contains("\"title\":\"Pilot\""), "{record}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(world.log().await.len(), 1);
}

async fn many_repetitions_at_once_carry_the_change_out_once(world: World) {
    let mut races = Vec::new();
    for n in 0..30 {
        let set = caught(&world, &format!("Take {n}")).await.with_receipt(receipt(&world, "a"));
        let ledger = world.ports.ledger.clone();
        races.push(tokio::spawn(async move { ledger.commit(set).await }));
    }
    let mut carried_out = 0;
    for race in races {
        match race.await.unwrap() {
            Ok(_) => carried_out += 1,
            Err(error) => assert!(matches!(error, CommitError::Received(_)), "{error:?}"),
        }
    }
    assert_eq!(carried_out, 1);
    assert_eq!(world.log().await.len(), 1);
}

async fn a_receipt_is_valid_for_a_day(world: World) {
    let ledger = &world.ports.ledger;
    let first = caught(&world, "Pilot").await;
    ledger.commit(first.with_receipt(receipt(&world, "a"))).await.unwrap();
    assert!(ledger.find_receipt(receipt(&world, "a")).await.unwrap().is_some());
    world.clock.move_by(24 * 60 * 60);
    assert_eq!(ledger.find_receipt(receipt(&world, "a")).await.unwrap(), None);
    let second = caught(&world, "Second").await;
    ledger.commit(second.with_receipt(receipt(&world, "b"))).await.unwrap();
    assert_eq!(
        ledger.find_receipt(receipt(&world, "b")).await.unwrap().map(|stored| stored.fingerprint),
        Some("b".into())
    );
}

async fn receipts_that_have_expired_are_removed_some_at_a_time_and_no_others(world: World) {
    let ledger = &world.ports.ledger;
    let of = |number: usize| Receipt { scope: format!("editor POST /episodes key-{number}"), ..receipt(&world, "a") };
    for number in 0..7 {
        let set = caught(&world, &format!("Take {number}")).await.with_receipt(of(number));
        ledger.commit(set).await.unwrap();
    }
    let now = world.clock.now();
    let (past, present) = if world.is_postgres() {
        ("to_timestamp(0)".to_owned(), "now()".to_owned())
    } else {
        ("0".to_owned(), now.micros().to_string())
    };
    world.sql(&format!("update receipts set created_at = {present}"));
    world.sql(&format!("update receipts set created_at = {past} where scope < 'editor POST /episodes key-5'"));
    for removed in [3, 2, 0] {
        assert_eq!(world.ports.receipts.remove_expired(now, 3).await.unwrap(), removed);
    }
    for number in 0..7 {
        assert_eq!(ledger.find_receipt(of(number)).await.unwrap().is_some(), number >= 5, "{number}");
    }
}

fn sheet(rows: usize) -> Sheet {
    let mut sheet = Sheet::new(&["title", "episode_number"].map(|text| Cell { line: 1, text: Some(text) }));
    for number in 1..=rows {
        let row = [format!("Take {number}"), number.to_string()];
        sheet.push(1, &row.each_ref().map(|text| Cell { line: 1, text: Some(text) }));
    }
    sheet
}

fn imports(world: &World) -> ImportService {
    ImportService {
        store: world.ports.imports.clone(),
        shows: world.ports.shows.clone(),
        ledger: world.ports.ledger.clone(),
        clock: world.clock.clone(),
        ids: std::sync::Arc::new(Ids),
    }
}

async fn an_import_is_written_wholly_and_its_events_are_marked(world: World) {
    world.create("Pilot").await;
    imports(&world).import(Some(&editor()), sheet(1_200), Mode::Write).await.unwrap();
    let log = world.log().await;
    let seqs: Vec<i64> = log.iter().map(|event| event.seq.get()).collect();
    assert_eq!(seqs, (1..=1_201).collect::<Vec<_>>());
    assert_eq!(log[0].origin, editor().origin);
    assert_eq!(log[1].origin.import, Some(ImportMark::Row));
    assert!(log[1].data.contains(r#""title":"Take 1""#) && log[1200].data.contains(r#""title":"Take 1200""#));
    let last = log.iter().filter(|event| event.origin.import == Some(ImportMark::Last { rows: 1_200 }));
    assert_eq!(last.map(|event| event.seq.get()).collect::<Vec<_>>(), [1_201]);
}

async fn an_import_that_fails_at_one_row_leaves_nothing(world: World) {
    if world.is_postgres() {
        world.sql("alter table outbox add constraint none check (data not like '%Take 1100%')");
    } else {
        world.sql(
            "create trigger none before insert on events when new.data like '%Take 1100%' \
             begin select raise(abort, 'no'); end",
        );
    }
    let refused = imports(&world).import(None, sheet(1_200), Mode::Write).await;
    assert!(refused.is_err(), "{refused:?}");
    assert!(world.log().await.is_empty());
    assert!(world.ports.episodes.list_episodes(EpisodeQuery::default()).await.unwrap().items.is_empty());
}

async fn of_many_imports_of_one_name_at_once_one_is_written(world: World) {
    let races = (0..8).map(|_| {
        let imports = imports(&world);
        tokio::spawn(async move { imports.import_once("demo", sheet(20)).await })
    });
    let mut written = 0;
    for race in races.collect::<Vec<_>>() {
        written += usize::from(race.await.unwrap().unwrap().is_some());
    }
    assert_eq!((written, world.log().await.len()), (1, 20));
}
