//! The job that renders a composition.

use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::rendered::{Piece, Rendered};
use super::service::may;
use super::{Composition, CompositionId, Encoding, Format, Formats, RenderWish, Rendering};
use crate::file::{Blob, BlobKey, FileId, Inspector};
use crate::identity::{Action, Caller, OnBehalf};
use crate::job::{Done, Failing, Job, JobHandler, JobType, Progress, Reporter};
use crate::{Clock, IdSource, ResourceKind, ServiceError};

/// What jobs that render compositions are called.
pub(super) const JOB_TYPE: &str = "composition-render";

/// Renders the composition of `{"composition_id", "formats"?, "encoding"?}` as it is now, as whoever wanted the job. What was
/// rendered before of an equal scene is not rendered again.
pub struct CompositionRender {
    /// Looks up what is drawn, and draws it.
    pub rendering: Arc<Rendering>,
    /// Finds out what bytes are.
    pub inspector: Arc<dyn Inspector>,
    /// Knows what whoever wanted the job may do.
    pub on_behalf: OnBehalf,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Makes identifiers.
    pub ids: Arc<dyn IdSource>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Payload {
    composition_id: CompositionId,
    formats: Option<Vec<Format>>,
    #[serde(default)]
    encoding: Encoding,
}

#[async_trait]
impl JobHandler for CompositionRender {
    fn job_type(&self) -> JobType {
        JobType::built_in(JOB_TYPE)
    }

    async fn run(&self, job: &Job, reporter: Arc<dyn Reporter>) -> Result<Done, Failing> {
        let Payload { composition_id, formats, encoding } = job.read_payload()?;
        let formats = formats.map(Formats::parse).transpose();
        let formats = formats.map_err(|reason| Failing::for_good(&format!("formats {reason}")))?;
        let caller = job.caller(&self.on_behalf).await?;
        let found = self.rendering.compositions.find_composition(composition_id).await.map_err(ServiceError::from)?;
        let composition = found.ok_or(ServiceError::NotFound { kind: ResourceKind::Composition })?;
        may(&caller, Action::Write, &composition)?;
        let wish = RenderWish { formats, encoding };
        let pieces = self.pieces(&composition, &wish, &reporter).await?;
        let anew = pieces.iter().filter(|piece| piece.anew).count();
        let outputs: Vec<_> =
            pieces.iter().map(|piece| json!({ "format": piece.format, "file_id": piece.file })).collect();
        let results =
            json!({ "rendered": anew, "reused": pieces.len() - anew, "encoding": encoding, "outputs": outputs });
        Ok(Done {
            results: Some(results),
            afresh: Some(Arc::new(self.end(job, caller, composition, encoding, pieces))),
            ..Done::default()
        })
    }
}

impl CompositionRender {
    /// Every picture that is wanted, its bytes in the blob store.
    async fn pieces(
        &self,
        composition: &Composition,
        wish: &RenderWish,
        reporter: &Arc<dyn Reporter>,
    ) -> Result<Vec<Piece>, ServiceError> {
        let sources = self.rendering.sources(composition).await?;
        let formats = wish.formats(&composition.design.formats);
        let mut scenes = Vec::with_capacity(formats.len());
        for format in formats {
            let scene = sources.scene(composition, *format)?;
            scenes.push((*format, self.rendering.renderer.key(&scene, wish.encoding), scene));
        }
        let outputs = self.rendering.compositions.list_outputs(composition.id).await?;
        let mut pictures = Vec::new();
        let mut pieces: Vec<Piece> = Vec::with_capacity(scenes.len());
        for (place, (format, key, scene)) in scenes.iter().enumerate() {
            let known = match pieces.iter().find(|piece| piece.key == *key) {
                Some(piece) => Some(piece.blob.clone()),
                None => self.rendering.compositions.find_rendering(key.clone()).await?.map(|file| file.blob()),
            };
            let anew = known.is_none();
            let blob = if let Some(blob) = known {
                blob
            } else {
                if pictures.is_empty() {
                    pictures = self.rendering.pictures(&sources).await?;
                }
                let bytes = self.rendering.renderer.render(scene, &pictures, wish.encoding).await;
                self.keep(&bytes.map_err(|error| sources.told(error))?).await?
            };
            let same = outputs.iter().find(|output| output.shows(*format, wish.encoding, key));
            let file = same.and_then(|output| output.file_id).unwrap_or_else(|| FileId::new(self.ids.next()));
            pieces.push(Piece { format: *format, key: key.clone(), blob, anew, file });
            reporter.report(Progress::of(place + 1, scenes.len()), None);
        }
        Ok(pieces)
    }

    /// Writes `bytes` into the blob store. Where the job does not end well, a sweep removes them.
    async fn keep(&self, bytes: &[u8]) -> Result<Blob, ServiceError> {
        let key = BlobKey::new(self.ids.next());
        let (mut writer, mut inspection) = (self.rendering.blobs.begin(key).await?, self.inspector.begin());
        inspection.take(bytes);
        writer.write(bytes).await?;
        writer.finish().await?;
        Ok(Blob { key, sha256: inspection.digest(), size: bytes.len() as u64 })
    }

    fn end(
        &self,
        job: &Job,
        caller: Caller,
        composition: Composition,
        encoding: Encoding,
        pieces: Vec<Piece>,
    ) -> Rendered {
        Rendered {
            rendering: self.rendering.clone(),
            clock: self.clock.clone(),
            ids: self.ids.clone(),
            job: job.id,
            caller,
            composition,
            encoding,
            pieces,
        }
    }
}
