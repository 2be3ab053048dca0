//! What people want to be told of.

use showrunner_domain::Timestamp;
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::identity::UserId;
use showrunner_domain::notification::{
    ChannelMatrix, Channels, Concern, Followed, Follows, MutedEvents, NotifiedEvent, Preferences,
};
use showrunner_domain::show::ShowId;
use uuid::Uuid;

use super::on_both_stores;
use crate::world::World;

on_both_stores!(
    what_was_kept_last_is_found,
    followers_are_found_by_the_records_and_their_wishes_with_them,
    nobody_is_asked_about_nothing,
);

fn user(world: &World, number: u128) -> UserId {
    let id = Uuid::from_u128(number);
    let at = if world.is_postgres() { "now()" } else { "0" };
    world.sql(&format!(
        "insert into users (id, email, name, role, created_at, updated_at, version) \
         values ('{id}', 'user{number}@example.com', 'A user', 'viewer', {at}, {at}, 1)"
    ));
    UserId::new(id)
}

fn episode(number: u128) -> Followed {
    Followed::Episode(EpisodeId::new(Uuid::from_u128(number)))
}

fn show(number: u128) -> Followed {
    Followed::Show(ShowId::new(Uuid::from_u128(number)))
}

fn following(followed: impl IntoIterator<Item = Followed>) -> Preferences {
    Preferences { follows: Follows::parse(followed).unwrap(), ..Preferences::default() }
}

async fn keep(world: &World, owner: UserId, preferences: &Preferences) {
    let now = Timestamp::from_micros(1).unwrap();
    world.ports.preferences.keep_preferences(owner, preferences.clone(), now).await.unwrap();
}

async fn what_was_kept_last_is_found(world: World) {
    let owner = user(&world, 1);
    let found = async || world.ports.preferences.find_preferences(owner).await.unwrap();
    assert_eq!(found().await, Preferences::default());
    keep(&world, owner, &following([show(7), episode(8)])).await;
    let last = Preferences {
        channels: ChannelMatrix::from_iter([(NotifiedEvent::EpisodeDeleted, Channels { in_app: false })]),
        muted_events: MutedEvents::from_iter([NotifiedEvent::EpisodeCreated]),
        ..following([episode(8), show(9)])
    };
    keep(&world, owner, &last).await;
    assert_eq!(found().await, last);
}

async fn followers_are_found_by_the_records_and_their_wishes_with_them(world: World) {
    let [a, b, c, d] = [user(&world, 1), user(&world, 2), user(&world, 3), user(&world, 4)];
    let muted = |preferences| Preferences {
        muted_events: MutedEvents::from_iter([NotifiedEvent::EpisodeCreated]),
        ..preferences
    };
    keep(&world, a, &following([show(7), episode(8)])).await;
    keep(&world, b, &muted(following([show(7)]))).await;
    keep(&world, c, &following([episode(9)])).await;
    keep(&world, d, &muted(Preferences::default())).await;
    let concern = Concern { records: vec![Uuid::from_u128(7), Uuid::from_u128(8)], people: vec![d] };
    let mut interest = world.ports.preferences.find_interest(concern).await.unwrap();
    interest.followers.values_mut().for_each(|followers| followers.sort());
    assert_eq!(interest.followers, [(Uuid::from_u128(7), vec![a, b]), (Uuid::from_u128(8), vec![a])].into());
    let silent = muted(Preferences::default());
    assert_eq!(interest.preferences, [(a, Preferences::default()), (b, silent.clone()), (d, silent)].into());
}

async fn nobody_is_asked_about_nothing(world: World) {
    let interest = world.ports.preferences.find_interest(Concern::default()).await.unwrap();
    assert!(interest.followers.is_empty() && interest.preferences.is_empty());
}
