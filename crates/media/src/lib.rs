//! The domain's ports for media: videos by ffmpeg, and ZIP archives.
//!
//! Both work on bytes that strangers have sent. Ffmpeg runs as a process of its own within bounds, sees nothing but its
//! own folder's files and opens no connections; archives are unpacked into memory piece by piece and never by the paths
//! that they name.

mod ffmpeg;
mod file;
mod zip;

pub use ffmpeg::{Ffmpeg, Launcher, exec_tied};
pub use zip::Zip;
