//! The domain's ports for the bytes of files: a folder that keeps them, and what is seen from them on the way.
//!
//! A blob is written beside its place and moved there when all of it is on the disk, so that nothing is ever half there.

mod content;
mod folder;
mod reader;
mod sweep;
mod writer;

pub use content::ContentInspector;
pub use folder::Folder;
