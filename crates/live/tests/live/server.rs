//! A real server on the loopback, in a thread of its own.

use std::collections::HashSet;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::{App, web};
use async_trait::async_trait;
use showrunner_domain::identity::{
    AccessService, Bearer, Bearers, Claims, Email, Revocations, Revoked, Role, SessionId, SigningKeyId, TokenError,
    TokenId, TokenProof, TokenVerifier, User, UserAfter, UserId, UserQuery, UserStore, VerifiedToken,
};
use showrunner_domain::mocks::{MockIdSource, MockLedger, MockSigningKeyStore};
use showrunner_domain::{Clock, Line, Page, StoreError, Timestamp, Version};
use showrunner_live::{Hub, Pace, ServerConfig, Watchers, configure_with, serve, stream_with};
use uuid::Uuid;

use crate::client::Client;
use crate::log::MemoryLog;
use crate::presence;

/// Long enough to never pass in a test that goes well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The server and what a test may do to it.
pub(crate) struct Server {
    pub(crate) log: Arc<MemoryLog>,
    pub(crate) hub: Arc<Hub>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) users: Arc<Everybody>,
    pub(crate) watchers: Arc<Watchers>,
    revoked: Arc<Mutex<Revoked>>,
    revocations: Arc<Revocations>,
    pub(crate) address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves `log` at the usual times.
    pub(crate) fn of(log: MemoryLog) -> Self {
        Self::with_pace(log, Pace::default())
    }

    /// Serves `log`.
    pub(crate) fn with_pace(log: MemoryLog, pace: Pace) -> Self {
        let log = Arc::new(log);
        let hub = Arc::new(Hub::new(log.clone()));
        let clock = Arc::new(HandClock::default());
        let users = Arc::new(Everybody::default());
        let revoked: Arc<Mutex<Revoked>> = Arc::default();
        let revocations = Arc::new(revocations(Arc::clone(&revoked)));
        let (started, start) = mpsc::channel();
        let thread = {
            let (hub, clock, users) = (Arc::clone(&hub), Arc::clone(&clock), Arc::clone(&users));
            let revocations = Arc::clone(&revocations);
            std::thread::spawn(move || {
                actix_web::rt::System::new().block_on(async move {
                    actix_web::rt::spawn(Arc::clone(&hub).run());
                    let access = web::Data::new(access(users, clock.clone(), revocations));
                    let clock: web::Data<dyn Clock> = web::Data::from(clock as Arc<dyn Clock>);
                    let hub = web::Data::from(hub);
                    let told = presence::start();
                    let watchers = web::Data::from(told.clone());
                    let app = move || {
                        App::new()
                            .app_data(hub.clone())
                            .app_data(watchers.clone())
                            .app_data(access.clone())
                            .app_data(clock.clone())
                            .configure(configure_with(pace))
                            .service(web::scope("/api/v1").configure(stream_with(pace)))
                    };
                    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                    let address = listener.local_addr().unwrap();
                    let config = ServerConfig { workers: Some(1), ..ServerConfig::default() };
                    let running = serve(listener, config, app).unwrap();
                    started.send((address, running.handle(), told)).unwrap();
                    running.await.unwrap();
                });
            })
        };
        let (address, handle, watchers) = start.recv_timeout(PATIENCE).unwrap();
        Self { log, hub, clock, users, watchers, revoked, revocations, address, handle, thread: Some(thread) }
    }

    /// Has the server learn that more is revoked.
    pub(crate) fn revoke(&self, revoke: impl FnOnce(&mut Revoked)) {
        revoke(&mut self.revoked.lock().unwrap());
        let now = self.clock.now();
        assert!(actix_web::rt::System::new().block_on(self.revocations.refresh(now)).unwrap());
        self.hub.revoke();
    }

    /// A client that has sent nothing yet.
    pub(crate) fn connect(&self) -> Client {
        Client::connect(self.address, None).unwrap()
    }

    /// A client that was let in by `token` and has been told so.
    pub(crate) fn admit(&self, token: &str) -> Client {
        let mut client = Client::connect(self.address, Some(token)).unwrap();
        assert_eq!(client.next()["type"], "ready");
        client
    }

    /// An editor who gets the events of `topics` from now on.
    pub(crate) fn watch(&self, topics: &[&str]) -> Client {
        let mut client = self.admit("editor/1");
        client.subscribe(topics, None);
        assert_eq!(client.next()["type"], "subscribed");
        client
    }

    /// Waits until `count` connections are open.
    pub(crate) fn wait_for_connections(&self, count: usize) {
        wait_until(|| self.hub.connections() == count);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Waits for a condition.
pub(crate) fn wait_until(condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < PATIENCE, "the condition never came true");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A clock that is moved by hand; it begins at 0.
#[derive(Default)]
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    /// Moves it on.
    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed)).unwrap()
    }
}

/// Tokens say in plain words what they mean: `editor/1` is user 1 as an editor for a thousand seconds, `editor/1/7`
/// until second 7, and `down` finds the store failing.
struct PlainTokens;

#[async_trait]
impl TokenVerifier for PlainTokens {
    async fn verify(&self, token: &str) -> Result<Arc<VerifiedToken>, TokenError> {
        if token == "down" {
            return Err(StoreError::new("no key can be read").into());
        }
        let mut parts = token.split('/');
        let role = parts.next().and_then(Role::parse);
        let user = parts.next().and_then(|user| user.parse().ok());
        let expires: i64 = parts.next().map_or(1000, |second| second.parse().unwrap());
        let (Some(role), Some(user)) = (role, user) else {
            return Err(TokenError::Refused("the token is none of ours"));
        };
        let id = TokenId::new(Uuid::from_u128(user));
        let claims = Claims {
            id,
            sub: UserId::new(Uuid::from_u128(user)),
            email: "somebody@example.com".to_owned(),
            name: "Somebody".to_owned(),
            role,
            session: None,
            expires_at: Timestamp::from_micros(expires * 1_000_000).unwrap(),
        };
        Ok(Arc::new(VerifiedToken { claims, proof: TokenProof { id, key: SigningKeyId("key".to_owned()) } }))
    }
}

/// Everybody exists until they are banished, and may be all that their token says.
#[derive(Default)]
pub(crate) struct Everybody {
    banished: Mutex<HashSet<UserId>>,
    failing: AtomicBool,
}

impl Everybody {
    /// Deletes a user, without a word to anybody.
    pub(crate) fn banish(&self, user: u128) {
        self.banished.lock().unwrap().insert(UserId::new(Uuid::from_u128(user)));
    }

    /// Lets the store fail from now on, or not.
    pub(crate) fn fail(&self, failing: bool) {
        self.failing.store(failing, Ordering::Relaxed);
    }
}

#[async_trait]
impl UserStore for Everybody {
    async fn find_user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let beginning = Timestamp::from_micros(0).unwrap();
        Ok(Some(User {
            id,
            email: Email::parse("somebody@example.com").unwrap(),
            name: Line::parse("Somebody").unwrap(),
            role: Role::Admin,
            created_at: beginning,
            updated_at: beginning,
            version: Version::FIRST,
        }))
    }

    async fn find_user_by_email(&self, _: &Email) -> Result<Option<User>, StoreError> {
        Ok(None)
    }

    async fn find_bearer(&self, id: UserId, _: Option<SessionId>, _: Timestamp) -> Result<Option<Bearer>, StoreError> {
        if self.failing.load(Ordering::Relaxed) {
            return Err(StoreError::new("no user can be read"));
        }
        if self.banished.lock().unwrap().contains(&id) {
            return Ok(None);
        }
        Ok(self.find_user(id).await?.map(|user| Bearer { user, memberships: Vec::new() }))
    }

    async fn list_users(&self, _: UserQuery) -> Result<Page<User, UserAfter>, StoreError> {
        Ok(Page { items: Vec::new(), next: None, total: None })
    }
}

/// What is revoked is what a test says.
fn revocations(revoked: Arc<Mutex<Revoked>>) -> Revocations {
    let mut keys = MockSigningKeyStore::new();
    keys.expect_revoked().returning(move |_| Ok(revoked.lock().unwrap().clone()));
    Revocations::new(Arc::new(keys))
}

fn access(users: Arc<Everybody>, clock: Arc<HandClock>, revocations: Arc<Revocations>) -> AccessService {
    AccessService {
        bearers: Arc::new(Bearers::new(users.clone())),
        users,
        ledger: Arc::new(MockLedger::new()),
        verifier: Arc::new(PlainTokens),
        revocations,
        clock,
        ids: Arc::new(MockIdSource::new()),
    }
}
