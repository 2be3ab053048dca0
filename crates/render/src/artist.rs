//! The artist: what the domain's ports to a renderer and to a scaler of pictures are, run where it blocks nobody.

use std::io;
use std::num::NonZero;
use std::sync::{Arc, OnceLock};
use std::thread::available_parallelism;

use async_trait::async_trait;
use futures_util::future::try_join_all;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use showrunner_domain::composition::{Encoding, Picture, RenderError, Renderer, Scene};
use showrunner_domain::file;
use showrunner_domain::media::{MediaError, PictureTool, Thumbnail};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use crate::digest::written;
use crate::fonts::{FontError, Fonts, NamedFont};
use crate::raster::Easel;
use crate::stop::Stop;
use crate::svg::{compile, document};
use crate::thumbnail;

/// Which bytes this renderer makes of a scene. MUST grow with every change to them, so that pictures are drawn anew.
const REVISION: u32 = 1;

/// Draws scenes and scales pictures, as many at once as there are processors. Documents have turns of their own, half as
/// many and at least two: who looks at previews does not hold up jobs, nor jobs them.
pub struct Artist {
    /// Read when they are first needed: they are most of what a program that draws nothing would have in memory.
    fonts: OnceLock<Arc<Fonts>>,
    turns: Arc<Semaphore>,
    document_turns: Arc<Semaphore>,
    documents_at_once: usize,
}

impl Artist {
    /// An artist with the fonts that the binary holds and `more`.
    ///
    /// # Errors
    /// The first of `more` that is no font, is cut off, or has no outlines.
    pub fn new(more: Vec<NamedFont>) -> Result<Self, FontError> {
        let processors = available_parallelism().map_or(1, NonZero::get);
        let documents_at_once = (processors / 2).max(2);
        let fonts = if more.is_empty() { OnceLock::new() } else { OnceLock::from(Arc::new(Fonts::new(more)?)) };
        let [turns, document_turns] = [processors, documents_at_once].map(|turns| Arc::new(Semaphore::new(turns)));
        Ok(Self { fonts, turns, document_turns, documents_at_once })
    }

    /// How many documents are made at once.
    #[must_use]
    pub const fn documents_at_once(&self) -> usize {
        self.documents_at_once
    }

    fn fonts(&self) -> &Arc<Fonts> {
        let whole = |fonts: Result<_, FontError>| fonts.unwrap_or_else(|error| unreachable!("in the binary: {error}"));
        self.fonts.get_or_init(|| Arc::new(whole(Fonts::new(Vec::new()))))
    }
}

/// Does `work` beside the tasks of the runtime, when it is its turn: what waits holds no pixels. It is told where nobody
/// waits for it any more.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce(&Stop) -> T + Send + 'static,
) -> Result<T, io::Error> {
    let turn = Arc::clone(turns).acquire_owned().await.map_err(io::Error::other)?;
    let stop = Stop::default();
    let _stop_on_drop = stop.on_drop();
    let done = spawn_blocking(move || {
        let _turn = turn;
        work(&stop)
    });
    done.await.map_err(io::Error::other)
}

#[async_trait]
impl Renderer for Artist {
    fn key(&self, scene: &Scene, encoding: Encoding) -> file::Sha256 {
        let fonts = self.fonts().digest();
        let all = json!({ "scene": scene, "encoding": encoding, "fonts": fonts, "revision": REVISION });
        written(Sha256::new_with_prefix(all.to_string()))
    }

    async fn svg(&self, scene: &Scene, pictures: &[Picture]) -> Result<String, RenderError> {
        let (scene, pictures, fonts) = (scene.clone(), pictures.to_vec(), Arc::clone(self.fonts()));
        let work = move |stop: &Stop| document(&scene, &pictures, &fonts, stop);
        in_turn(&self.document_turns, work).await.map_err(failed)?
    }

    async fn render(&self, scene: &Scene, pictures: &[Picture], encoding: Encoding) -> Result<Vec<u8>, RenderError> {
        let (scene, pictures, fonts) = (scene.clone(), pictures.to_vec(), Arc::clone(self.fonts()));
        let work = move |stop: &Stop| {
            let opaque = encoding == Encoding::Jpeg;
            let mut easel = Easel::new(scene.canvas, opaque)?;
            compile(&scene, &pictures, &fonts, &mut easel, stop)?;
            stop.check()?;
            easel.finish(opaque)?.encode(encoding).map_err(failed)
        };
        in_turn(&self.turns, work).await.map_err(failed)?
    }

    async fn render_all(
        &self,
        scenes: &[Scene],
        pictures: &[Picture],
        encoding: Encoding,
    ) -> Result<Vec<Vec<u8>>, RenderError> {
        try_join_all(scenes.iter().map(|scene| self.render(scene, pictures, encoding))).await
    }
}

#[async_trait]
impl PictureTool for Artist {
    async fn thumbnails(&self, picture: Arc<[u8]>, widths: &[u32]) -> Result<Vec<Thumbnail>, MediaError> {
        let widths = widths.to_vec();
        in_turn(&self.turns, move |_| thumbnail::all(&picture, &widths)).await.map_err(MediaError::failed)?
    }
}

fn failed(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> RenderError {
    RenderError::Failed(cause.into())
}
