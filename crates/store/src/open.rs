//! Opening a store: from a location to the domain's ports.

use std::sync::Arc;

use async_trait::async_trait;
use showrunner_domain::activity::ActivityStore;
use showrunner_domain::composition::{CompositionStore, TemplateStore};
use showrunner_domain::episode::EpisodeStore;
use showrunner_domain::event::{EventLog, LogHead};
use showrunner_domain::file::FileStore;
use showrunner_domain::identity::{SignInStore, SigningKeyStore, UserStore};
use showrunner_domain::import::ImportStore;
use showrunner_domain::job::JobStore;
use showrunner_domain::membership::MembershipStore;
use showrunner_domain::notification::{NotificationStore, PreferenceStore};
use showrunner_domain::presence::PresenceStore;
use showrunner_domain::quota::QuotaStore;
use showrunner_domain::removal::ReferenceStore;
use showrunner_domain::schedule::ScheduleStore;
use showrunner_domain::show::ShowStore;
use showrunner_domain::{Clock, Ledger, ReceiptStore, SharedClock, StoreError, Timestamp};

use crate::failure::Failure;
use crate::{Location, migrations, postgres, sqlite};

/// The domain's ports on one store.
#[derive(Clone)]
pub struct Ports {
    /// Writes.
    pub ledger: Arc<dyn Ledger>,
    /// The event log.
    pub log: Arc<dyn EventLog>,
    /// Moves the log on after a restore.
    pub log_head: Arc<dyn LogHead>,
    /// Shows.
    pub shows: Arc<dyn ShowStore>,
    /// Episodes.
    pub episodes: Arc<dyn EpisodeStore>,
    /// Reads compositions.
    pub compositions: Arc<dyn CompositionStore>,
    /// Reads templates.
    pub templates: Arc<dyn TemplateStore>,
    /// Jobs.
    pub jobs: Arc<dyn JobStore>,
    /// Schedules.
    pub schedules: Arc<dyn ScheduleStore>,
    /// Files.
    pub files: Arc<dyn FileStore>,
    /// What imports look up.
    pub imports: Arc<dyn ImportStore>,
    /// Users.
    pub users: Arc<dyn UserStore>,
    /// Users' roles within shows.
    pub memberships: Arc<dyn MembershipStore>,
    /// What users sign in with.
    pub sign_ins: Arc<dyn SignInStore>,
    /// Public halves of signing keys.
    pub signing_keys: Arc<dyn SigningKeyStore>,
    /// The activity feed.
    pub activities: Arc<dyn ActivityStore>,
    /// Notifications.
    pub notifications: Arc<dyn NotificationStore>,
    /// What people want to be told of.
    pub preferences: Arc<dyn PreferenceStore>,
    /// How much users have.
    pub quotas: Arc<dyn QuotaStore>,
    /// What refers to a record.
    pub references: Arc<dyn ReferenceStore>,
    /// Receipts of requests that may be repeated.
    pub receipts: Arc<dyn ReceiptStore>,
    /// Presence.
    pub presence: Arc<dyn PresenceStore>,
    /// The store itself, for health checks.
    pub probe: Arc<dyn StoreProbe>,
}

/// Asks a store how it is, and what time it is there.
#[async_trait]
pub trait StoreProbe: Send + Sync {
    /// The names of the migrations that the store lacks; an error where it cannot be asked.
    async fn pending_migrations(&self) -> Result<Vec<String>, StoreError>;

    /// The time that all who use the store go by: its own where nodes share it, and otherwise `now`.
    async fn shared_time(&self, now: Timestamp) -> Result<Timestamp, StoreError>;
}

/// The store's own time where nodes share it, and otherwise that of a clock.
pub struct StoreClock<C> {
    /// The store.
    pub probe: Arc<dyn StoreProbe>,
    /// The clock.
    pub clock: C,
}

#[async_trait]
impl<C: Clock> SharedClock for StoreClock<C> {
    async fn now(&self) -> Result<Timestamp, StoreError> {
        self.probe.shared_time(self.clock.now()).await
    }
}

/// Opens the store at `location` for what does not make one.
///
/// # Errors
/// Where there is no store, or one whose tables are not those of this release.
pub fn open_existing(location: &Location) -> Result<Ports, StoreError> {
    if !migrations::exists(location)? {
        return Err(Failure::Missing(location.to_string()).into());
    }
    migrations::require_current(location)?;
    open(location)
}

/// Opens the store at `location`, which must have been migrated. Its threads end with the last of the ports.
pub fn open(location: &Location) -> Result<Ports, StoreError> {
    Ok(match location {
        Location::Sqlite(path) => sqlite::open(path)?,
        Location::Postgres(url) => postgres::open(url)?,
    })
}
