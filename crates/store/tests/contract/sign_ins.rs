//! Sessions and their refresh tokens, and how an address is locked.

use std::collections::BTreeSet;
use std::sync::Arc;

use showrunner_domain::event::Origin;
use showrunner_domain::identity::{AttemptHistory, Role, SignedIn, UserId};
use showrunner_domain::{Clock as _, ServiceError, Timestamp};
use showrunner_store::Ports;

use super::on_both_stores;
use crate::accounts::{account, email, login, sign_ins_on, stands};
use crate::world::{World, next_id};

on_both_stores!(
    a_token_of_a_session_counts_while_that_is_the_users_and_stands,
    all_who_refresh_at_once_with_one_token_get_the_same_successor_on_every_node,
    a_token_gets_its_successor_again_for_ten_seconds_until_that_is_redeemed,
    a_refresh_token_counts_once_and_using_it_twice_ends_the_session,
    a_session_slides_and_ends_a_month_after_its_last_refresh,
    ten_failures_slow_down_their_own_network_on_every_node_and_no_other,
    guesses_made_at_once_are_no_more_than_those_made_one_after_another,
    many_networks_that_guess_slow_down_strangers_and_nobody_who_is_known,
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

async fn ten_failures_slow_down_their_own_network_on_every_node_and_no_other(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let (ports, _) = world.second_node();
    let (ours, theirs) = ("203.0.113.1", "2001:db8:1:2::1");
    for name in ["editor", "nobody"] {
        for number in 0..AttemptHistory::FREE {
            let answer = login_from(&world.ports, &world, name, "wrong", theirs).await;
            assert!(matches!(answer, Err(ServiceError::SignInRefused { .. })), "{name} {number}: {answer:?}");
        }
        for (seconds, neighbour) in [(1, "2001:db8:1:2::2"), (2, theirs), (4, theirs)] {
            for secret in ["wrong", "correct horse"] {
                let answer = login_from(&ports, &world, name, secret, neighbour).await;
                assert!(
                    matches!(answer, Err(ServiceError::Locked { retry_after }) if retry_after == seconds),
                    "{answer:?}"
                );
            }
            world.clock.move_by(i64::try_from(seconds).unwrap());
            let answer = login_from(&ports, &world, name, "wrong", neighbour).await;
            assert!(matches!(answer, Err(ServiceError::SignInRefused { .. })), "{answer:?}");
        }
    }
    login_from(&ports, &world, "editor", "correct horse", ours).await.unwrap();
    world.clock.move_by(8);
    login_from(&ports, &world, "editor", "correct horse", theirs).await.unwrap();
    let again = login_from(&ports, &world, "editor", "wrong", theirs).await;
    assert!(matches!(again, Err(ServiceError::SignInRefused { .. })), "a success starts the count again: {again:?}");
}

async fn guesses_made_at_once_are_no_more_than_those_made_one_after_another(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let (ports, _) = world.second_node();
    let nodes = [&world.ports, &ports].map(|ports| Arc::new(sign_ins_on(ports, &world.clock)));
    let guesses = (0..60).map(|number: usize| {
        let node = nodes[number % 2].clone();
        tokio::spawn(async move {
            node.login(&email("editor"), super::accounts::password("wrong"), Origin::default()).await
        })
    });
    let mut verified = 0;
    for guess in guesses.collect::<Vec<_>>() {
        match guess.await.unwrap() {
            Err(ServiceError::SignInRefused { .. }) => verified += 1,
            Err(ServiceError::Locked { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(verified, AttemptHistory::FREE);
}

async fn many_networks_that_guess_slow_down_strangers_and_nobody_who_is_known(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let from = async |secret: &'static str, ip: &str| login_from(&world.ports, &world, "editor", secret, ip).await;
    from("correct horse", "203.0.113.1").await.unwrap();
    for network in 0..10 {
        for _ in 0..AttemptHistory::FREE {
            let answer = from("wrong", &format!("198.51.100.{network}")).await;
            assert!(matches!(answer, Err(ServiceError::SignInRefused { .. })), "{answer:?}");
        }
    }
    let stranger = from("correct horse", "192.0.2.1").await;
    assert!(matches!(stranger, Err(ServiceError::Locked { retry_after: 1 })), "{stranger:?}");
    from("correct horse", "203.0.113.1").await.unwrap();
    world.clock.move_by(1);
    from("correct horse", "192.0.2.1").await.unwrap();
}

async fn a_success_forgets_earlier_failures(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    for _ in 0..2 {
        for _ in 1..AttemptHistory::FREE {
            assert!(login(&world, "editor", "wrong").await.is_err());
        }
        assert!(login(&world, "editor", "correct horse").await.is_ok());
    }
}

async fn failures_that_lie_long_ago_do_not_count(world: World) {
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    for _ in 0..3 {
        for _ in 0..AttemptHistory::FREE {
            let answer = login(&world, "editor", "wrong").await;
            assert!(matches!(answer, Err(ServiceError::SignInRefused { .. })), "{answer:?}");
        }
        world.clock.move_by(i64::try_from(AttemptHistory::MEMORY.as_secs()).unwrap());
    }
    assert!(login(&world, "editor", "correct horse").await.is_ok());
}

async fn login_from(
    ports: &Ports,
    world: &World,
    name: &str,
    secret: &str,
    ip: &str,
) -> Result<SignedIn, ServiceError> {
    let origin = Origin { ip: Some(ip.to_owned()), ..Origin::default() };
    sign_ins_on(ports, &world.clock).login(&email(name), super::accounts::password(secret), origin).await
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
