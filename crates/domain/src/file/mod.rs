//! Files: what people upload and jobs make. The bytes lie in a blob store; what is known of them is a record.

mod blob;
mod bulk_upload;
mod kind;
mod limits;
mod making;
mod name;
mod port;
mod query;
mod record;
mod service;
#[cfg(test)]
pub(crate) mod studio;
mod transition;
mod upload;

pub use blob::{BlobError, BlobKey, BlobReader, BlobStore, BlobWriter, ByteRange, Inspection, Inspector};
#[cfg(any(test, feature = "mocks"))]
pub use blob::{MockBlobReader, MockBlobStore, MockBlobWriter, MockInspection, MockInspector};
pub use bulk_upload::BulkUpload;
pub use kind::{ContentType, FileType};
pub use limits::FileLimits;
pub(crate) use making::Making;
pub use name::FileName;
pub use port::FileStore;
#[cfg(any(test, feature = "mocks"))]
pub use port::MockFileStore;
pub use query::{FileAfter, FileFilter, FileQuery};
pub use record::{Blob, File, FileId, NewFile, Sha256};
pub use service::FileService;
pub use upload::Upload;
