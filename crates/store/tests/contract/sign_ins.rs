//! Sessions and their refresh tokens, and how an address is locked.

use std::collections::BTreeSet;
use std::sync::Arc;

use showrunner_domain::event::Origin;
use showrunner_domain::identity::{LOCK_SECONDS, MOST_FAILURES, Role, SignedIn, UserId};
use showrunner_domain::{Clock as _, ServiceError, Timestamp};

use super::on_both_stores;
use crate::accounts::{account, email, login, sign_ins_on, stands};
use crate::world::{World, next_id};

on_both_stores!(
    a_token_of_a_session_counts_while_that_is_the_users_and_stands,
    all_who_refresh_at_once_with_one_token_get_the_same_successor_on_every_node,
    a_token_gets_its_successor_again_for_ten_seconds_until_that_is_redeemed,
    a_refresh_token_counts_once_and_using_it_twice_ends_the_session,
    a_session_slides_and_ends_a_month_after_its_last_refresh,
    ten_failures_lock_an_address_on_every_node_whether_or_not_it_has_an_account,
    a_success_forgets_earlier_failures,
    failures_that_lie_long_ago_do_not_count,
    what_has_ended_by_itself_is_swept_and_nothing_else,
);

const MONTH: i64 = 30 * 24 * 60 * 60;

async fn a_token_of_a_session_counts_while_that_is_the_users_and_stands(world: World) {
    let editor = account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let viewer = account(&world, "viewer", Role::Viewer, None).await;
    let signed_in = login(&world, "editor", "correct horse").await.unwrap();
    assert!(stands(&world, editor.id, &signed_in).await);
    assert!(!stands(&world, viewer.id, &signed_in).await);
    let users = &world.ports.users;
    let without = async |id| users.find_bearer(id, None, world.clock.now()).await.unwrap();
    assert_eq!(without(editor.id).await.map(|bearer| bearer.user), Some(editor.clone()));
    assert_eq!(without(UserId::new(next_id())).await, None);
    world.clock.move_by(MONTH);
    assert!(!stands(&world, editor.id, &signed_in).await);
}

async fn all_who_refresh_at_once_with_one_token_get_the_same_successor_on_every_node(world: World) {
    let editor = account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let mut signed_in = login(&world, "editor", "correct horse").await.unwrap();
    let (ports, clock) = world.second_node();
    let nodes = [Arc::new(sign_ins_on(&world.ports, &world.clock)), Arc::new(sign_ins_on(&ports, &clock))];
    for _ in 0..5 {
        let tries = (0..12).map(|number: usize| {
            let (node, token) = (nodes[number % 2].clone(), signed_in.refresh_token.clone());
            tokio::spawn(async move { node.refresh(&token, Origin::default()).await })
        });
        let mut successors = BTreeSet::new();
        for attempt in tries.collect::<Vec<_>>() {
            signed_in = attempt.await.unwrap().unwrap();
            successors.insert(signed_in.refresh_token.clone());
        }
        assert_eq!(successors.len(), 1, "{successors:?}");
    }
    assert!(stands(&world, editor.id, &signed_in).await);
    assert!(world.log().await.iter().all(|event| event.name != "user_logged_out"));
}

async fn a_token_gets_its_successor_again_for_ten_seconds_until_that_is_redeemed(world: World) {
    let editor = account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let (ports, _) = world.second_node();
    let nodes = [sign_ins_on(&world.ports, &world.clock), sign_ins_on(&ports, &world.clock)];
    let refresh =
        async |node: usize, token: &SignedIn| nodes[node].refresh(&token.refresh_token, Origin::default()).await;
    for redeems in [true, false] {
        let first = login(&world, "editor", "correct horse").await.unwrap();
        let second = refresh(0, &first).await.unwrap();
        world.clock.move_by(9);
        assert_eq!(refresh(1, &first).await.unwrap().refresh_token, second.refresh_token);
        if redeems {
            let third = refresh(1, &second).await.unwrap();
            assert_eq!(refresh(0, &second).await.unwrap().refresh_token, third.refresh_token);
        } else {
            world.clock.move_by(1);
        }
        assert!(stands(&world, editor.id, &first).await);
        assert!(matches!(refresh(0, &first).await, Err(ServiceError::SignInRefused { .. })));
        assert!(!stands(&world, editor.id, &first).await, "reuse ends the session");
        assert!(refresh(1, &second).await.is_err());
    }
    let log = world.log().await;
    assert_eq!(log.iter().filter(|event| event.data.contains("refresh_token_reused")).count(), 2);
}

async fn a_refresh_token_counts_once_and_using_it_twice_ends_the_session(world: World) {
    let editor = account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let first = login(&world, "editor", "correct horse").await.unwrap();
    let sign_ins = sign_ins_on(&world.ports, &world.clock);
    let refresh = async |token: &str| sign_ins.refresh(token, Origin::default()).await;
    let second = refresh(&first.refresh_token).await.unwrap();
    let third = refresh(&second.refresh_token).await.unwrap();
    assert!(stands(&world, editor.id, &third).await);
    assert!(matches!(refresh(&first.refresh_token).await, Err(ServiceError::SignInRefused { .. })));
    assert!(!stands(&world, editor.id, &third).await);
    assert!(matches!(refresh(&third.refresh_token).await, Err(ServiceError::SignInRefused { .. })));
}

async fn a_session_slides_and_ends_a_month_after_its_last_refresh(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let mut signed_in = login(&world, "editor", "correct horse").await.unwrap();
    let sign_ins = sign_ins_on(&world.ports, &world.clock);
    for _ in 0..3 {
        world.clock.move_by(MONTH - 60);
        signed_in = sign_ins.refresh(&signed_in.refresh_token, Origin::default()).await.unwrap();
    }
    world.clock.move_by(MONTH);
    assert!(sign_ins.refresh(&signed_in.refresh_token, Origin::default()).await.is_err());
}

async fn ten_failures_lock_an_address_on_every_node_whether_or_not_it_has_an_account(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let (ports, _) = world.second_node();
    let elsewhere = sign_ins_on(&ports, &world.clock);
    for name in ["editor", "nobody"] {
        for number in 0..MOST_FAILURES {
            let answer = login(&world, name, "wrong").await;
            assert!(matches!(answer, Err(ServiceError::SignInRefused { .. })), "{name} {number}: {answer:?}");
        }
        let locked = elsewhere.login(&email(name), super::accounts::password("correct horse"), Origin::default()).await;
        let Err(ServiceError::Locked { retry_after }) = locked else { panic!("{name}: {locked:?}") };
        assert!((LOCK_SECONDS - 5..=LOCK_SECONDS).contains(&i64::try_from(retry_after).unwrap()), "{retry_after}");
    }
    world.clock.move_by(LOCK_SECONDS);
    assert!(login(&world, "editor", "correct horse").await.is_ok());
}

async fn a_success_forgets_earlier_failures(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    for _ in 0..2 {
        for _ in 1..MOST_FAILURES {
            assert!(login(&world, "editor", "wrong").await.is_err());
        }
        assert!(login(&world, "editor", "correct horse").await.is_ok());
    }
}

async fn failures_that_lie_long_ago_do_not_count(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    for _ in 0..3 {
        for _ in 1..MOST_FAILURES {
            assert!(login(&world, "editor", "wrong").await.is_err());
        }
        world.clock.move_by(LOCK_SECONDS);
    }
    assert!(login(&world, "editor", "correct horse").await.is_ok());
}

async fn what_has_ended_by_itself_is_swept_and_nothing_else(world: World) {
    let editor = account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let old = login(&world, "editor", "correct horse").await.unwrap();
    world.clock.move_by(MONTH / 2);
    let young = login(&world, "editor", "correct horse").await.unwrap();
    world.clock.move_by(MONTH / 2);
    let sign_ins = &world.ports.sign_ins;
    sign_ins.sweep_sign_ins(world.clock.now()).await.unwrap();
    let beginning = Timestamp::from_micros(0).unwrap();
    let held = async |token: &str| sign_ins.find_session(token.parse().unwrap(), beginning).await.unwrap().is_some();
    assert!(!held(&old.access_token).await && held(&young.access_token).await);
    assert!(stands(&world, editor.id, &young).await);
}
