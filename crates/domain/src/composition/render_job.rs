//! The job that renders a composition.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::json;

use super::rendered::{Piece, Rendered};
use super::rendering::Sources;
use super::service::may;
use super::{Composition, CompositionId, Encoding, Format, Formats, RenderWish, Rendering, Scene};
use crate::file::{Blob, BlobKey, FileId, Inspector, Sha256};
use crate::identity::{Action, Caller, OnBehalf};
use crate::job::{Done, Failing, Job, JobHandler, JobType, Progress, Reporter};
use crate::{Clock, IdSource, ResourceKind, ServiceError};

/// What jobs that render compositions are called.
pub(super) const JOB_TYPE: &str = "composition-render";

/// How many pictures of one job are drawn side by side, where there are as many processors.
const AT_A_TIME: usize = 4;

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

/// A picture that is wanted, and what decides its bytes.
struct Wanted {
    format: Format,
    key: Sha256,
    scene: Scene,
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
        let mut wanted = Vec::with_capacity(formats.len());
        for format in formats {
            let scene = sources.scene(composition, *format)?;
            let key = self.rendering.renderer.key(&scene, wish.encoding);
            wanted.push(Wanted { format: *format, key, scene });
        }
        let outputs = self.rendering.compositions.list_outputs(composition.id).await?;
        let known = self.known(&wanted).await?;
        let drawn = self.draw(&wanted, &known, &sources, wish.encoding, reporter).await?;
        let mut pieces: Vec<Piece> = Vec::with_capacity(wanted.len());
        for Wanted { format, key, .. } in wanted {
            let Some(blob) = known.get(&key).or_else(|| drawn.get(&key)).cloned() else { continue };
            let anew = drawn.contains_key(&key) && pieces.iter().all(|piece| piece.key != key);
            let same = outputs.iter().find(|output| output.shows(format, wish.encoding, &key));
            let file = same.and_then(|output| output.file_id).unwrap_or_else(|| FileId::new(self.ids.next()));
            pieces.push(Piece { format, key, blob, anew, file });
        }
        Ok(pieces)
    }

    /// The bytes of those that were rendered before.
    async fn known(&self, wanted: &[Wanted]) -> Result<HashMap<Sha256, Blob>, ServiceError> {
        let mut known = HashMap::with_capacity(wanted.len());
        for Wanted { key, .. } in wanted {
            if let Some(file) = self.rendering.compositions.find_rendering(key.clone()).await? {
                known.insert(key.clone(), file.blob());
            }
        }
        Ok(known)
    }

    /// Draws the others, each once, and some at a time: what is drawn is in memory until it is kept.
    async fn draw(
        &self,
        wanted: &[Wanted],
        known: &HashMap<Sha256, Blob>,
        sources: &Sources,
        encoding: Encoding,
        reporter: &Arc<dyn Reporter>,
    ) -> Result<HashMap<Sha256, Blob>, ServiceError> {
        let mut met: HashSet<&Sha256> = known.keys().collect();
        let others: Vec<&Wanted> = wanted.iter().filter(|wanted| met.insert(&wanted.key)).collect();
        let pictures = if others.is_empty() { Vec::new() } else { self.rendering.pictures(sources).await? };
        let mut drawn = HashMap::with_capacity(others.len());
        for some in others.chunks(AT_A_TIME) {
            let scenes: Vec<Scene> = some.iter().map(|wanted| wanted.scene.clone()).collect();
            let rendered = self.rendering.renderer.render_all(&scenes, &pictures, encoding).await;
            for (wanted, bytes) in some.iter().zip(rendered.map_err(|error| sources.told(error))?) {
                drawn.insert(wanted.key.clone(), self.keep(&bytes).await?);
            }
            reporter.report(Progress::of(known.len() + drawn.len(), wanted.len()), None);
        }
        Ok(drawn)
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
