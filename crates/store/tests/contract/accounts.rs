//! Accounts: what goes with a deleted one, which sessions a new password ends, and that an administrator stays.

use std::sync::Arc;

use showrunner_domain::event::Origin;
use showrunner_domain::identity::{
    Authority, Email, NewUser, Password, PasswordHash, Role, Secret, SecretDigest, SessionId, SignInService, SignedIn,
    User, UserId, UserPatch, UserQuery, UserService,
};
use showrunner_domain::mocks::{MockPasswordHasher, MockSecrets, MockTokenSigner};
use showrunner_domain::{Clock as _, Limit, Line, ServiceError, Terms};
use showrunner_store::Ports;

use super::on_both_stores;
use crate::world::{HandSetClock, Ids, World, next_id, now};

on_both_stores!(
    of_two_administrators_who_are_demoted_on_two_nodes_at_once_one_stays,
    the_last_administrator_can_be_neither_demoted_nor_deleted,
    a_deleted_user_takes_sessions_password_and_link_along,
    a_new_password_ends_the_users_other_sessions_and_links,
    a_set_up_link_is_used_once_and_a_newer_one_replaces_it,
    accounts_are_listed_in_pages_and_by_role,
    how_administrators_sign_in_is_known,
);

const OPERATOR: Authority<'static> = Authority::Operator;

/// A hasher that hashes nothing, for what is tested here is the store.
fn hasher() -> Arc<MockPasswordHasher> {
    let mut hasher = MockPasswordHasher::new();
    hasher.expect_hash().returning(|password| Ok(PasswordHash(password.as_str().to_owned())));
    hasher.expect_verify().returning(|password, hash| Ok(hash.is_some_and(|hash| hash.0 == password.as_str())));
    Arc::new(hasher)
}

fn secrets() -> Arc<MockSecrets> {
    let mut secrets = MockSecrets::new();
    secrets.expect_make().returning(|| Ok(Secret(next_id().to_string())));
    secrets.expect_derive().returning(|secret, salt| Ok(Secret(format!("{secret}+{}", salt.0))));
    secrets.expect_digest().returning(|secret| SecretDigest(format!("digest of {secret}")));
    secrets.expect_matches().returning(|secret, digest| digest.0 == format!("digest of {secret}"));
    Arc::new(secrets)
}

pub(crate) fn users_on(ports: &Ports, clock: &Arc<HandSetClock>) -> UserService {
    UserService {
        users: ports.users.clone(),
        sign_ins: ports.sign_ins.clone(),
        ledger: ports.ledger.clone(),
        hasher: hasher(),
        secrets: secrets(),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    }
}

/// Its access tokens are the ids of their sessions.
pub(crate) fn sign_ins_on(ports: &Ports, clock: &Arc<HandSetClock>) -> SignInService {
    let mut signer = MockTokenSigner::new();
    signer.expect_sign().returning(|claims| Ok(claims.session.unwrap().to_string()));
    SignInService {
        users: ports.users.clone(),
        sign_ins: ports.sign_ins.clone(),
        ledger: ports.ledger.clone(),
        hasher: hasher(),
        secrets: secrets(),
        signer: Arc::new(signer),
        clock: clock.clone(),
        ids: Arc::new(Ids),
    }
}

pub(crate) fn email(name: &str) -> Email {
    Email::parse(&format!("{name}@example.com")).unwrap()
}

pub(crate) fn password(text: &str) -> Password {
    Password::attempt(text).unwrap()
}

pub(crate) async fn account(world: &World, name: &str, role: Role, secret: Option<&str>) -> User {
    let new = NewUser { email: email(name), name: Line::parse(name).unwrap(), role };
    let users = users_on(&world.ports, &world.clock);
    now(users.create(OPERATOR, new, secret.map(password), &Terms::default()).await.unwrap())
}

pub(crate) async fn login(world: &World, name: &str, secret: &str) -> Result<SignedIn, ServiceError> {
    sign_ins_on(&world.ports, &world.clock).login(&email(name), password(secret), Origin::default()).await
}

/// Whether the session of this access token lets `user` in.
pub(crate) async fn stands(world: &World, user: UserId, signed_in: &SignedIn) -> bool {
    let session: SessionId = signed_in.access_token.parse().unwrap();
    world.ports.users.find_bearer(user, Some(session), world.clock.now()).await.unwrap().is_some()
}

fn to(role: Role) -> UserPatch {
    UserPatch { role: Some(role), ..UserPatch::default() }
}

async fn of_two_administrators_who_are_demoted_on_two_nodes_at_once_one_stays(world: World) {
    let (ports, clock) = world.second_node();
    let (here, there) = (Arc::new(users_on(&world.ports, &world.clock)), Arc::new(users_on(&ports, &clock)));
    let first = account(&world, "first", Role::Admin, None).await;
    let second = account(&world, "second", Role::Admin, None).await;
    for round in 0..25 {
        let demote = |users: &Arc<UserService>, id| {
            let users = users.clone();
            tokio::spawn(async move {
                if round % 5 == 4 {
                    users.delete(OPERATOR, id, &Terms::default()).await
                } else {
                    users.update(OPERATOR, id, &to(Role::Viewer), None, &Terms::default()).await
                }
            })
        };
        let (one, other) = (demote(&here, first.id), demote(&there, second.id));
        let answers = [one.await.unwrap(), other.await.unwrap()];
        let refused = answers.iter().filter(|answer| matches!(answer, Err(ServiceError::Conflict { .. }))).count();
        assert_eq!(refused, 1, "round {round}: {answers:?}");
        if round % 5 == 4 {
            return;
        }
        for user in [&first, &second] {
            here.update(OPERATOR, user.id, &to(Role::Admin), None, &Terms::default()).await.unwrap();
        }
    }
}

async fn the_last_administrator_can_be_neither_demoted_nor_deleted(world: World) {
    let users = users_on(&world.ports, &world.clock);
    let admin = account(&world, "admin", Role::Admin, None).await;
    let editor = account(&world, "editor", Role::Editor, None).await;
    let demoted = users.update(OPERATOR, admin.id, &to(Role::Editor), None, &Terms::default()).await;
    assert!(matches!(demoted, Err(ServiceError::Conflict { .. })), "{demoted:?}");
    let deleted = users.delete(OPERATOR, admin.id, &Terms::default()).await;
    assert!(matches!(deleted, Err(ServiceError::Conflict { .. })), "{deleted:?}");
    assert_eq!(users.get(OPERATOR, admin.id).await.unwrap(), admin);
    users.update(OPERATOR, editor.id, &to(Role::Admin), None, &Terms::default()).await.unwrap();
    users.delete(OPERATOR, admin.id, &Terms::default()).await.unwrap();
    assert!(matches!(users.get(OPERATOR, admin.id).await, Err(ServiceError::NotFound { .. })));
}

async fn a_deleted_user_takes_sessions_password_and_link_along(world: World) {
    let users = users_on(&world.ports, &world.clock);
    let editor = account(&world, "editor", Role::Editor, Some("correct horse")).await;
    let signed_in = login(&world, "editor", "correct horse").await.unwrap();
    let link = users.invite(OPERATOR, editor.id).await.unwrap();
    assert!(stands(&world, editor.id, &signed_in).await);
    users.delete(OPERATOR, editor.id, &Terms::default()).await.unwrap();
    assert!(!stands(&world, editor.id, &signed_in).await);
    assert!(matches!(login(&world, "editor", "correct horse").await, Err(ServiceError::SignInRefused { .. })));
    let sign_ins = sign_ins_on(&world.ports, &world.clock);
    let refreshed = sign_ins.refresh(&signed_in.refresh_token, Origin::default()).await;
    assert!(matches!(refreshed, Err(ServiceError::SignInRefused { .. })), "{refreshed:?}");
    let set_up = sign_ins.set_up(&link.token.0, password("x"), UserPatch::default(), Origin::default()).await;
    assert!(matches!(set_up, Err(ServiceError::SignInRefused { .. })), "{set_up:?}");
}

async fn a_new_password_ends_the_users_other_sessions_and_links(world: World) {
    let users = users_on(&world.ports, &world.clock);
    let editor = account(&world, "editor", Role::Editor, Some("correct horse")).await;
    account(&world, "viewer", Role::Viewer, Some("battery staple")).await;
    let first = login(&world, "editor", "correct horse").await.unwrap();
    let others = login(&world, "viewer", "battery staple").await.unwrap();
    let link = users.invite(OPERATOR, editor.id).await.unwrap();
    users.update(OPERATOR, editor.id, &UserPatch::default(), Some(password("new")), &Terms::default()).await.unwrap();
    assert!(!stands(&world, editor.id, &first).await);
    assert!(stands(&world, others.user.id, &others).await);
    let sign_ins = sign_ins_on(&world.ports, &world.clock);
    assert!(sign_ins.set_up(&link.token.0, password("x"), UserPatch::default(), Origin::default()).await.is_err());
    assert!(login(&world, "editor", "correct horse").await.is_err());
    assert!(login(&world, "editor", "new").await.is_ok());
    let log = world.log().await;
    let told = log.iter().find(|event| event.name == "user_updated").unwrap();
    assert!(told.data.contains(r#""changedFields":["password"],"changes":{}"#), "{}", told.data);
}

async fn a_set_up_link_is_used_once_and_a_newer_one_replaces_it(world: World) {
    let users = users_on(&world.ports, &world.clock);
    let editor = account(&world, "editor", Role::Editor, None).await;
    let sign_ins = Arc::new(sign_ins_on(&world.ports, &world.clock));
    let set_up = async |token: &Secret| {
        sign_ins.set_up(&token.0, password("correct horse"), UserPatch::default(), Origin::default()).await
    };
    let older = users.invite(OPERATOR, editor.id).await.unwrap();
    let newer = users.invite(OPERATOR, editor.id).await.unwrap();
    assert!(matches!(set_up(&older.token).await, Err(ServiceError::SignInRefused { .. })));
    let tries = (0..8).map(|_| {
        let (sign_ins, token) = (sign_ins.clone(), newer.token.0.clone());
        tokio::spawn(async move {
            sign_ins.set_up(&token, password("correct horse"), UserPatch::default(), Origin::default()).await
        })
    });
    let mut let_in = Vec::new();
    for attempt in tries.collect::<Vec<_>>() {
        let_in.extend(attempt.await.unwrap().ok());
    }
    assert_eq!(let_in.len(), 1);
    assert!(stands(&world, editor.id, &let_in[0]).await);
    let late = users.invite(OPERATOR, editor.id).await.unwrap();
    world.clock.move_by(24 * 60 * 60);
    assert!(matches!(set_up(&late.token).await, Err(ServiceError::SignInRefused { .. })));
}

async fn accounts_are_listed_in_pages_and_by_role(world: World) {
    for number in 0..5 {
        let role = if number % 2 == 0 { Role::Editor } else { Role::Viewer };
        account(&world, &format!("user{number}"), role, None).await;
    }
    let list = async |query: UserQuery| world.ports.users.list_users(query).await.unwrap();
    let query = UserQuery { limit: Limit::parse(2).unwrap(), total: true, ..UserQuery::default() };
    let first = list(query).await;
    assert_eq!((first.items.len(), first.total), (2, Some(5)));
    let second = list(UserQuery { after: first.next, ..query }).await;
    assert_eq!(second.items.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["user2", "user3"]);
    let third = list(UserQuery { after: second.next, ..query }).await;
    assert_eq!((third.items.len(), third.next), (1, None));
    let editors = list(UserQuery { role: Some(Role::Editor), ..UserQuery::default() }).await;
    assert_eq!(editors.items.len(), 3);
}

async fn how_administrators_sign_in_is_known(world: World) {
    let asked = async || {
        let administration = world.ports.sign_ins.administration().await.unwrap();
        (administration.exists, administration.has_password)
    };
    assert_eq!(asked().await, (false, false));
    account(&world, "editor", Role::Editor, Some("correct horse")).await;
    assert_eq!(asked().await, (false, false));
    let users = users_on(&world.ports, &world.clock);
    let link = users.first_start().await.unwrap().unwrap();
    assert_eq!((link.email.as_str(), asked().await), ("admin@localhost", (true, false)));
    let again = users.first_start().await.unwrap().unwrap();
    assert_ne!(again.token, link.token);
    account(&world, "admin", Role::Admin, Some("correct horse")).await;
    assert_eq!(asked().await, (true, true));
    assert_eq!(users.first_start().await.unwrap(), None);
}
