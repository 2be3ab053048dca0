//! One's own notifications, and nobody else's.

use showrunner_domain::event::{Effects, Reader as _};
use showrunner_domain::identity::UserId;
use showrunner_domain::notification::{Interest, NotificationKind, NotificationQuery, NotificationReader};
use showrunner_domain::{Advance, Clock as _, Limit};

use super::on_both_stores;
use crate::world::{World, editor};

on_both_stores!(
    read_marks_are_set_once_and_counted,
    nobody_touches_anothers_notifications,
    pages_hold_every_notification_once_newest_first,
);

async fn notify(world: &World, count: usize) {
    for n in 0..count {
        world.create(&format!("Episode {n}")).await;
    }
    world.ports.log.bounds().await.unwrap();
    let reader = NotificationReader;
    let from = world.ports.log.cursor(reader.name()).await.unwrap();
    let mut effects = Effects::default();
    let mut to = from;
    for event in world.events_after(from).await {
        effects.append(reader.digest(&event, &Interest::default()).unwrap());
        to = event.seq;
    }
    world.ports.ledger.advance(Advance { reader: reader.name(), from, to, effects }).await.unwrap();
}

async fn read_marks_are_set_once_and_counted(world: World) {
    notify(&world, 3).await;
    let (store, owner) = (&world.ports.notifications, editor().actor.id);
    let first = store.list_notifications(owner, NotificationQuery::default()).await.unwrap().items[0].clone();
    assert_eq!(store.count_unread(owner).await.unwrap(), 3);
    let read = store.mark_read(owner, first.id, world.clock.now()).await.unwrap().unwrap();
    let again = store.mark_read(owner, first.id, world.clock.now()).await.unwrap().unwrap();
    assert_eq!((read.read_at.is_some(), again.read_at), (true, read.read_at));
    assert_eq!(store.count_unread(owner).await.unwrap(), 2);
    let of = |unread| NotificationQuery { unread: Some(unread), ..NotificationQuery::default() };
    assert_eq!(store.list_notifications(owner, of(true)).await.unwrap().items.len(), 2);
    assert_eq!(store.list_notifications(owner, of(false)).await.unwrap().items.len(), 1);
    let errors = NotificationQuery { kind: Some(NotificationKind::Error), ..NotificationQuery::default() };
    assert_eq!(store.list_notifications(owner, errors).await.unwrap().items.len(), 0);
    assert_eq!(store.mark_all_read(owner, world.clock.now()).await.unwrap(), 2);
    assert_eq!(store.mark_all_read(owner, world.clock.now()).await.unwrap(), 0);
    assert_eq!(store.delete_notification(owner, first.id).await.unwrap().map(|gone| gone.id), Some(first.id));
    assert_eq!(store.delete_notification(owner, first.id).await.unwrap(), None);
}

async fn nobody_touches_anothers_notifications(world: World) {
    notify(&world, 1).await;
    let (store, owner) = (&world.ports.notifications, editor().actor.id);
    let stranger = UserId::new(uuid::Uuid::from_u128(99));
    let own = store.list_notifications(owner, NotificationQuery::default()).await.unwrap().items[0].clone();
    assert!(store.list_notifications(stranger, NotificationQuery::default()).await.unwrap().items.is_empty());
    assert_eq!(store.mark_read(stranger, own.id, world.clock.now()).await.unwrap(), None);
    assert_eq!(store.delete_notification(stranger, own.id).await.unwrap(), None);
    assert_eq!(store.mark_all_read(stranger, world.clock.now()).await.unwrap(), 0);
    assert_eq!(store.count_unread(owner).await.unwrap(), 1);
}

async fn pages_hold_every_notification_once_newest_first(world: World) {
    notify(&world, 7).await;
    let owner = editor().actor.id;
    let mut query = NotificationQuery { limit: Limit::parse(3).unwrap(), total: true, ..NotificationQuery::default() };
    let mut messages = Vec::new();
    loop {
        let page = world.ports.notifications.list_notifications(owner, query).await.unwrap();
        assert_eq!(page.total, Some(7));
        messages.extend(page.items.into_iter().map(|item| item.message));
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let expected: Vec<_> = (0..7).rev().map(|n| format!("Episode \"Episode {n}\" was created.")).collect();
    assert_eq!(messages, expected);
}
