//! Scenes to SVG and to pictures, and pictures to thumbnails: the domain's ports `Renderer` and `PictureTool`.
//!
//! A scene is compiled to one SVG document that refers to nothing outside it (`svg`). Its pictures are scaled to the
//! pixels that they will cover, its texts are laid out here and become outlines (`text`), in fonts that the binary holds
//! or its operator gives (`fonts`). What is rendered are the same drawings (`raster`, `encode`), so that a browser that shows
//! the document shows what the file will be. Pictures from outside are read within bounds (`picture`).

mod artist;
mod digest;
mod encode;
mod fonts;
mod picture;
mod place;
mod raster;
mod scale;
mod stop;
mod svg;
mod text;
mod thumbnail;

pub use artist::Artist;
pub use fonts::{FontError, NamedFont};
