//! Mocks of every port, for unit tests of code that uses them (feature `mocks`).

pub use crate::activity::MockActivityStore;
pub use crate::composition::{MockCompositionStore, MockRenderer, MockTemplateStore};
pub use crate::episode::MockEpisodeStore;
pub use crate::event::{MockEventLog, MockLogHead, MockReader, MockReaderGate};
pub use crate::file::{MockBlobReader, MockBlobStore, MockBlobWriter, MockFileStore, MockInspection, MockInspector};
pub use crate::id::MockIdSource;
pub use crate::identity::{
    MockPasswordHasher, MockSecrets, MockSignInStore, MockSigningKeyStore, MockTokenSigner, MockTokenVerifier,
    MockUserStore,
};
pub use crate::import::{MockImportStore, MockTableText};
pub use crate::job::{MockJobHandler, MockJobStore};
pub use crate::ledger::MockLedger;
pub use crate::media::{
    MockArchiveTool, MockArchiveWriter, MockOpenArchive, MockOpenVideo, MockPictureTool, MockVideoTool,
};
pub use crate::membership::MockMembershipStore;
pub use crate::notification::{MockNotificationStore, MockPreferenceStore};
pub use crate::presence::MockPresenceStore;
pub use crate::quota::MockQuotaStore;
pub use crate::receipt::MockReceiptStore;
pub use crate::receiver::MockReceiver;
pub use crate::removal::MockReferenceStore;
pub use crate::schedule::{MockCalendar, MockScheduleStore};
pub use crate::show::MockShowStore;
pub use crate::time::MockClock;
