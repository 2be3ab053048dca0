//! Who looks at what, and for how long that counts.

use showrunner_domain::identity::{Caller, UserId};
use showrunner_domain::presence::PresenceService;
use showrunner_domain::{ResourceKind, Subject};

use super::on_both_stores;
use crate::world::{World, editor};

on_both_stores!(a_look_counts_for_a_minute_and_one_entry_a_user);

fn another() -> Caller {
    let mut caller = editor();
    caller.actor.id = UserId::new(uuid::Uuid::from_u128(6));
    caller
}

async fn a_look_counts_for_a_minute_and_one_entry_a_user(world: World) {
    let presence = PresenceService { presence: world.ports.presence.clone(), clock: world.clock.clone() };
    let subject = || Subject::new(ResourceKind::Episode, uuid::Uuid::from_u128(1));
    let looks = async |caller: Caller| presence.look(&caller, subject()).await.unwrap().len();
    assert_eq!(looks(editor()).await, 1);
    assert_eq!(looks(editor()).await, 1);
    world.clock.move_by(30);
    assert_eq!(looks(another()).await, 2);
    world.clock.move_by(31);
    assert_eq!(looks(another()).await, 1, "the first look is over");
    world.clock.move_by(61);
    assert_eq!(looks(editor()).await, 1);
    let elsewhere = Subject::new(ResourceKind::Episode, uuid::Uuid::from_u128(2));
    assert_eq!(presence.look(&another(), elsewhere).await.unwrap().len(), 1);
}
