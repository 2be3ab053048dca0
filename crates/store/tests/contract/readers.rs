//! Readers: effects and cursor move together, once, whoever tries.

use showrunner_domain::activity::{ActivityQuery, ActivityReader};
use showrunner_domain::event::{Effects, ParkedEvent, Reader, ReaderName, Seq};
use showrunner_domain::identity::Visibility;
use showrunner_domain::notification::{Interest, NotificationQuery, NotificationReader};
use showrunner_domain::{Advance, Advanced, Limit};

use super::on_both_stores;
use crate::world::{World, editor};

on_both_stores!(
    a_step_writes_its_effects_and_moves_the_cursor,
    of_many_who_take_the_same_step_one_does,
    a_step_that_cannot_be_written_moves_nothing,
    what_the_data_cannot_be_is_a_refusal_and_what_passes_is_not,
    a_notification_is_logged_as_an_event_for_its_owner,
    a_parked_event_is_kept_in_the_step_that_passes_it,
);

async fn step(world: &World, reader: &dyn Reader) -> Advance {
    world.ports.log.bounds().await.unwrap();
    let from = world.ports.log.cursor(reader.name()).await.unwrap();
    let mut effects = Effects::default();
    let mut to = from;
    for event in world.events_after(from).await {
        effects.append(reader.digest(&event, &Interest::default()).unwrap());
        to = event.seq;
    }
    Advance { reader: reader.name(), from, to, effects }
}

async fn activities(world: &World) -> usize {
    let (visible, limit) = (Visibility::of(&editor().actor), Limit::parse(100).unwrap());
    let page =
        world.ports.activities.list_activities(ActivityQuery { visible, limit, ..ActivityQuery::default() }).await;
    page.unwrap().items.len()
}

async fn a_step_writes_its_effects_and_moves_the_cursor(world: World) {
    world.create("Pilot").await;
    world.create("Second").await;
    let step = step(&world, &ActivityReader).await;
    assert_eq!(world.ports.ledger.advance(step).await.unwrap(), Advanced::Done);
    assert_eq!(activities(&world).await, 2);
    assert_eq!(world.ports.log.cursor(ReaderName::Activity).await.unwrap().get(), 2);
    assert_eq!(world.ports.log.cursor(ReaderName::Notification).await.unwrap(), Seq::START);
}

async fn of_many_who_take_the_same_step_one_does(world: World) {
    let (other, _) = world.second_node();
    for _ in 0..5 {
        world.create("Pilot").await;
    }
    let step = step(&world, &NotificationReader).await;
    let races: Vec<_> = (0..10)
        .map(|n| {
            let ledger = if n % 2 == 0 { world.ports.ledger.clone() } else { other.ledger.clone() };
            let step = step.clone();
            tokio::spawn(async move { ledger.advance(step).await.unwrap() })
        })
        .collect();
    let mut done = 0;
    for race in races {
        done += usize::from(race.await.unwrap() == Advanced::Done);
    }
    assert_eq!(done, 1);
    let owner = editor().actor.id;
    let page = world.ports.notifications.list_notifications(owner, NotificationQuery::default()).await.unwrap();
    assert_eq!(page.items.len(), 5);
    assert_eq!(world.log().await.len(), 10);
}

async fn a_step_that_cannot_be_written_moves_nothing(world: World) {
    world.create("Pilot").await;
    let step = step(&world, &ActivityReader).await;
    world.ports.ledger.advance(step.clone()).await.unwrap();
    // The same effects once more, from where the cursor now stands: the entries are there already.
    let again = Advance { from: step.to, to: step.to.next(), ..step };
    let refused = world.ports.ledger.advance(again).await.unwrap_err();
    assert!(refused.is_refusal(), "{refused}");
    assert_eq!(world.ports.log.cursor(ReaderName::Activity).await.unwrap().get(), 1);
    assert_eq!(activities(&world).await, 1);
}

async fn what_the_data_cannot_be_is_a_refusal_and_what_passes_is_not(world: World) {
    world.create("Pilot").await;
    let step = step(&world, &ActivityReader).await;
    if world.is_postgres() {
        // No value that the domain makes is refused; so a name takes the place of one.
        let mut poison = step.clone();
        "nul\0".clone_into(&mut poison.effects.activities[0].resource_name);
        let refused = world.ports.ledger.advance(poison).await.unwrap_err();
        assert!(refused.is_refusal(), "{refused}");
        world.sql("alter table activities rename to elsewhere");
    } else {
        world.sql("create trigger no before insert on activities begin select raise(abort, 'no'); end");
    }
    let failed = world.ports.ledger.advance(step).await.unwrap_err();
    assert!(!failed.is_refusal(), "{failed}");
}

async fn a_notification_is_logged_as_an_event_for_its_owner(world: World) {
    world.create("Pilot").await;
    let step = step(&world, &NotificationReader).await;
    world.ports.ledger.advance(step).await.unwrap();
    let log = world.log().await;
    assert_eq!(log[1].name, "notification");
    assert_eq!(log[1].audience.to_string(), editor().actor.id.to_string());
}

async fn a_parked_event_is_kept_in_the_step_that_passes_it(world: World) {
    world.create("Pilot").await;
    let parked = vec![ParkedEvent { seq: Seq::START.next(), reason: "cannot be decoded".into() }];
    let effects = Effects { parked, ..Effects::default() };
    let step = Advance { reader: ReaderName::Activity, from: Seq::START, to: Seq::START.next(), effects };
    assert_eq!(world.ports.ledger.advance(step).await.unwrap(), Advanced::Done);
    // The primary key shows that the row is there: the same event cannot be parked twice.
    world.sql("update reader_cursors set seq = 0 where reader = 'activity'");
    let parked = vec![ParkedEvent { seq: Seq::START.next(), reason: "again".into() }];
    let effects = Effects { parked, ..Effects::default() };
    let step = Advance { reader: ReaderName::Activity, from: Seq::START, to: Seq::START.next(), effects };
    world.ports.ledger.advance(step).await.unwrap_err();
}
