//! Signing keys that nodes share, and what is revoked.

use std::collections::HashSet;

use showrunner_domain::Clock as _;
use showrunner_domain::identity::{Revoked, SigningKeyId, SigningKeyService, TokenId};

use super::on_both_stores;
use crate::world::{World, next_id};

on_both_stores!(
    a_key_signs_until_it_is_retired_and_verifies_until_its_last_token_has_expired,
    a_revoked_key_stays_revoked_whoever_publishes_it_again,
    a_revoked_token_is_known_on_every_node_until_it_would_have_expired,
);

const HALF_A_DAY: i64 = 12 * 60 * 60;

fn keys(world: &World) -> SigningKeyService {
    SigningKeyService { keys: world.ports.signing_keys.clone(), clock: world.clock.clone() }
}

fn kid(name: &str) -> SigningKeyId {
    SigningKeyId(name.to_owned())
}

async fn revoked(world: &World) -> Revoked {
    let (ports, _) = world.second_node();
    ports.signing_keys.revoked(world.clock.now()).await.unwrap()
}

async fn a_key_signs_until_it_is_retired_and_verifies_until_its_last_token_has_expired(world: World) {
    let keys = keys(&world);
    for name in ["old", "new"] {
        assert!(keys.publish(&kid(name), "pem").await.unwrap());
        assert!(keys.publish(&kid(name), "another").await.unwrap(), "again at each start");
    }
    assert_eq!(world.ports.signing_keys.find_key(&kid("old")).await.unwrap().as_deref(), Some("pem"));
    keys.retire(&kid("old")).await.unwrap();
    assert!(!keys.publish(&kid("old"), "pem").await.unwrap() && keys.publish(&kid("new"), "pem").await.unwrap());
    assert_eq!(revoked(&world).await, Revoked::default());
    let listed = keys.list().await.unwrap();
    let named: Vec<_> = listed.iter().map(|key| (key.kid.0.as_str(), key.verifies_until.is_some())).collect();
    assert_eq!(named, [("old", true), ("new", false)]);
    world.clock.move_by(HALF_A_DAY - 1);
    keys.retire(&kid("old")).await.unwrap();
    assert_eq!(revoked(&world).await, Revoked::default());
    world.clock.move_by(1);
    assert_eq!(revoked(&world).await.keys, HashSet::from([kid("old")]), "it is retired once");
}

async fn a_revoked_key_stays_revoked_whoever_publishes_it_again(world: World) {
    let keys = keys(&world);
    assert!(keys.publish(&kid("stolen"), "pem").await.unwrap() && keys.publish(&kid("good"), "pem").await.unwrap());
    assert!(keys.revoke(&kid("stolen")).await.unwrap());
    assert!(!keys.revoke(&kid("unknown")).await.unwrap());
    let since = keys.list().await.unwrap()[0].revoked_at;
    world.clock.move_by(HALF_A_DAY * 1_000);
    assert!(!keys.publish(&kid("stolen"), "pem").await.unwrap());
    assert!(keys.revoke(&kid("stolen")).await.unwrap(), "again is no error");
    assert_eq!(keys.list().await.unwrap()[0].revoked_at, since);
    assert_eq!(revoked(&world).await.keys, HashSet::from([kid("stolen")]));
}

async fn a_revoked_token_is_known_on_every_node_until_it_would_have_expired(world: World) {
    let keys = keys(&world);
    let (short, long) = (TokenId::new(next_id()), TokenId::new(next_id()));
    for _ in 0..2 {
        keys.revoke_token(short, Some(world.clock.now().plus_seconds(60))).await.unwrap();
        keys.revoke_token(long, None).await.unwrap();
    }
    assert_eq!(revoked(&world).await.tokens, HashSet::from([short, long]));
    world.clock.move_by(60);
    assert_eq!(revoked(&world).await.tokens, HashSet::from([long]));
    world.clock.move_by(HALF_A_DAY);
    assert_eq!(revoked(&world).await.tokens, HashSet::new());
    world.ports.sign_ins.sweep_sign_ins(world.clock.now()).await.unwrap();
    let epoch = showrunner_domain::Timestamp::from_micros(0).unwrap();
    let left = world.ports.signing_keys.revoked(epoch).await.unwrap();
    assert_eq!(left.tokens, HashSet::new(), "the list does not grow");
}
