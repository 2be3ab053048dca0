//! Memberships: one a user in a show, written by compare-and-set, gone with the user or the show, and told with whom a
//! token speaks for.

use std::sync::Arc;

use showrunner_domain::identity::{Authority, Role, User, UserId};
use showrunner_domain::membership::{Membership, MembershipQuery, MembershipService};
use showrunner_domain::show::{NewShow, Show, ShowId, ShowName, ShowPatch};
use showrunner_domain::{Clock as _, Limit, Precondition, ServiceError, Terms, Version};
use showrunner_store::Ports;

use super::on_both_stores;
use crate::accounts::{account, users_on};
use crate::world::{HandSetClock, Ids, World, editor, next_id, now};

on_both_stores!(
    a_role_is_given_changed_and_taken_away_each_with_its_event,
    of_many_who_give_the_same_user_a_role_at_once_one_creates_it,
    a_stale_version_changes_nothing,
    members_are_listed_in_pages_of_one_show,
    a_membership_goes_with_its_user_and_with_its_show,
    whom_a_token_speaks_for_is_told_with_their_roles,
);

fn memberships_on(ports: &Ports, clock: &Arc<HandSetClock>) -> MembershipService {
    MembershipService {
        memberships: ports.memberships.clone(),
        shows: ports.shows.clone(),
        users: ports.users.clone(),
        ledger: ports.ledger.clone(),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    }
}

async fn show(world: &World, name: &str) -> Show {
    let new = NewShow { name: ShowName::parse(name).unwrap(), others: ShowPatch::default() };
    now(world.shows().create(&editor(), new, &Terms::default()).await.unwrap())
}

async fn member(world: &World, name: &str) -> User {
    account(world, name, Role::Viewer, None).await
}

async fn give(world: &World, show: ShowId, user: UserId, role: Role) -> Membership {
    let service = memberships_on(&world.ports, &world.clock);
    service.set(&editor(), show, user, role, Precondition::None).await.unwrap().membership
}

async fn list(world: &World, show_id: ShowId) -> Vec<UserId> {
    let mut query = MembershipQuery { show_id, after: None, limit: Limit::parse(2).unwrap(), total: true };
    let mut found = Vec::new();
    loop {
        let page = world.ports.memberships.list_memberships(query).await.unwrap();
        found.extend(page.items.iter().map(|membership| membership.user_id));
        if page.next.is_none() {
            assert_eq!(page.total, Some(found.len() as u64));
            return found;
        }
        query.after = page.next;
    }
}

async fn a_role_is_given_changed_and_taken_away_each_with_its_event(world: World) {
    let (show, user) = (show(&world, "Show").await, member(&world, "guest").await);
    let service = memberships_on(&world.ports, &world.clock);
    let given = service.set(&editor(), show.id, user.id, Role::Viewer, Precondition::None).await.unwrap();
    assert!(given.is_new);
    let changed = service.set(&editor(), show.id, user.id, Role::Editor, Precondition::None).await.unwrap();
    assert_eq!((changed.is_new, changed.membership.version.get()), (false, 2));
    let found = service.get(&editor(), show.id, user.id).await.unwrap();
    assert_eq!((&found, found.user_name.as_str()), (&changed.membership, user.name.as_str()));
    let same = service.set(&editor(), show.id, user.id, Role::Editor, Precondition::Exists).await.unwrap();
    assert_eq!(same.membership, found);
    let removed = service.remove(&editor(), show.id, user.id, Precondition::None).await.unwrap();
    assert_eq!(removed.version.get(), 3);
    for (show, user) in [(show.id, user.id), (show.id, UserId::new(next_id())), (ShowId::new(next_id()), user.id)] {
        let answer = service.remove(&editor(), show, user, Precondition::None).await;
        assert!(matches!(answer, Err(ServiceError::NotFound { .. })), "{answer:?}");
    }
    let log = world.log().await;
    let told: Vec<_> = log.iter().filter(|event| event.name == "membership_changed").collect();
    assert_eq!(told.len(), 3, "what changes nothing has no event");
    assert!(told.iter().all(|event| event.show == Some(show.id) && event.subject.id == user.id.uuid()));
}

async fn of_many_who_give_the_same_user_a_role_at_once_one_creates_it(world: World) {
    let (show, user) = (show(&world, "Show").await, member(&world, "guest").await);
    let (ports, clock) = world.second_node();
    let nodes = [Arc::new(memberships_on(&world.ports, &world.clock)), Arc::new(memberships_on(&ports, &clock))];
    let giving = (0..12).map(|number: usize| {
        let (node, show, user) = (nodes[number % 2].clone(), show.id, user.id);
        let role = [Role::Viewer, Role::Editor, Role::Admin][number % 3];
        tokio::spawn(async move { node.set(&editor(), show, user, role, Precondition::None).await.unwrap().is_new })
    });
    let mut created = 0;
    for given in giving.collect::<Vec<_>>() {
        created += usize::from(given.await.unwrap());
    }
    assert_eq!((created, list(&world, show.id).await), (1, vec![user.id]));
}

async fn a_stale_version_changes_nothing(world: World) {
    let (show, user) = (show(&world, "Show").await, member(&world, "guest").await);
    let service = memberships_on(&world.ports, &world.clock);
    give(&world, show.id, user.id, Role::Viewer).await;
    let second = give(&world, show.id, user.id, Role::Editor).await;
    let stale = || Precondition::OneOf(vec![Version::FIRST]);
    let set = service.set(&editor(), show.id, user.id, Role::Admin, stale()).await;
    assert!(matches!(set, Err(ServiceError::VersionMismatch { current }) if current.get() == 2), "{set:?}");
    let removed = service.remove(&editor(), show.id, user.id, stale()).await;
    assert!(matches!(removed, Err(ServiceError::VersionMismatch { .. })), "{removed:?}");
    assert_eq!(service.get(&editor(), show.id, user.id).await.unwrap(), second);
    let nobody = member(&world, "nobody").await;
    let absent = service.set(&editor(), show.id, nobody.id, Role::Admin, Precondition::Exists).await;
    assert!(matches!(absent, Err(ServiceError::NotFound { .. })), "{absent:?}");
}

async fn members_are_listed_in_pages_of_one_show(world: World) {
    let (one, other) = (show(&world, "One").await, show(&world, "Other").await);
    let mut users = Vec::new();
    for name in ["a", "b", "c", "d", "e"] {
        let user = member(&world, name).await;
        give(&world, one.id, user.id, Role::Editor).await;
        users.push(user.id);
    }
    give(&world, other.id, users[1], Role::Viewer).await;
    assert_eq!(list(&world, one.id).await, users);
    assert_eq!(list(&world, other.id).await, users[1..2]);
}

async fn a_membership_goes_with_its_user_and_with_its_show(world: World) {
    let (one, other) = (show(&world, "One").await, show(&world, "Other").await);
    let (leaving, staying) = (member(&world, "leaving").await, member(&world, "staying").await);
    for show in [one.id, other.id] {
        give(&world, show, leaving.id, Role::Editor).await;
        give(&world, show, staying.id, Role::Editor).await;
    }
    let users = users_on(&world.ports, &world.clock);
    now(users.delete(Authority::Operator, leaving.id, &Terms::default()).await.unwrap());
    assert_eq!(list(&world, one.id).await, [staying.id]);
    now(world.shows().delete(&editor(), one.id, &Terms::default()).await.unwrap());
    assert_eq!((list(&world, one.id).await, list(&world, other.id).await), (vec![], vec![staying.id]));
}

async fn whom_a_token_speaks_for_is_told_with_their_roles(world: World) {
    let (one, other) = (show(&world, "One").await, show(&world, "Other").await);
    let (user, nobody) = (member(&world, "guest").await, member(&world, "nobody").await);
    give(&world, one.id, user.id, Role::Editor).await;
    give(&world, other.id, user.id, Role::Admin).await;
    let bearer = async |id| world.ports.users.find_bearer(id, None, world.clock.now()).await.unwrap().unwrap();
    let mut found = bearer(user.id).await;
    found.memberships.sort_by_key(|(show, _)| *show != one.id);
    assert_eq!(found.memberships, [(one.id, Role::Editor), (other.id, Role::Admin)]);
    assert_eq!(found.user, user);
    assert_eq!(bearer(nobody.id).await.memberships, []);
}
