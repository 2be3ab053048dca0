//! Removing records that others may refer to: nothing is left that names what is gone.

mod clear;
mod port;
mod service;

#[cfg(any(test, feature = "mocks"))]
pub use port::MockReferenceStore;
pub use port::{ReferenceStore, Target};
pub use service::RemovalService;
