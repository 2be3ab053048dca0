//! From a composition to scenes and their pictures: everything that a renderer needs, looked up.

use std::collections::HashMap;
use std::sync::Arc;

use super::{
    Composition, CompositionId, CompositionStore, Encoding, Format, Picture, RenderError, Renderer, Scene, Words,
};
use crate::episode::EpisodeStore;
use crate::file::{BlobStore, File, FileId, FileStore, Sha256};
use crate::identity::{Action, Caller, permit};
use crate::show::ShowStore;
use crate::{FieldError, ResourceKind, ServiceError, StoreError};

/// How many bytes the pictures of one composition may have together: they are in memory while it is drawn.
const MOST_BYTES: u64 = 128 * 1024 * 1024;

/// Looks up what compositions are drawn from, and draws them.
pub struct Rendering {
    /// Reads compositions.
    pub compositions: Arc<dyn CompositionStore>,
    /// Reads the episodes whose words are filled in.
    pub episodes: Arc<dyn EpisodeStore>,
    /// Reads the shows of those.
    pub shows: Arc<dyn ShowStore>,
    /// Reads the records of pictures.
    pub files: Arc<dyn FileStore>,
    /// Reads the bytes of pictures.
    pub blobs: Arc<dyn BlobStore>,
    /// Draws.
    pub renderer: Arc<dyn Renderer>,
}

/// What a preview shows.
pub struct Preview {
    /// The digest of all that decides what it looks like.
    pub key: Sha256,
    scene: Scene,
    sources: Sources,
}

/// What a composition is drawn from.
pub(super) struct Sources {
    words: Words,
    files: HashMap<FileId, File>,
}

impl Rendering {
    /// What a preview of a composition shows on a canvas of this format, or of its first one. Nothing is drawn yet.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where a file that it names is gone, and where it is too much to draw.
    pub async fn preview(
        &self,
        caller: &Caller,
        id: CompositionId,
        format: Option<Format>,
    ) -> Result<Preview, ServiceError> {
        permit(&caller.actor, Action::Read, ResourceKind::Composition)?;
        let composition = self.compositions.find_composition(id).await?;
        let composition = composition.ok_or(ServiceError::NotFound { kind: ResourceKind::Composition })?;
        let format = format.or(composition.design.formats.as_slice().first().copied()).unwrap_or(Format::Youtube);
        let sources = self.sources(&composition).await?;
        let scene = sources.scene(&composition, format)?;
        let key = self.renderer.key(&scene, Encoding::Png);
        Ok(Preview { key, scene, sources })
    }

    /// Draws a preview, as an SVG document that refers to nothing outside.
    pub async fn draw_preview(&self, preview: &Preview) -> Result<String, ServiceError> {
        let Preview { scene, sources, .. } = preview;
        let pictures = self.pictures(sources).await?;
        self.renderer.svg(scene, &pictures).await.map_err(|error| sources.told(error))
    }

    /// The words and files that this composition names.
    pub(super) async fn sources(&self, composition: &Composition) -> Result<Sources, ServiceError> {
        let mut files = HashMap::new();
        for id in composition.design.layers.files() {
            if let Some(file) = self.files.find_file(id).await? {
                files.insert(id, file);
            }
        }
        Ok(Sources { words: self.words(composition).await?, files })
    }

    async fn words(&self, composition: &Composition) -> Result<Words, ServiceError> {
        let Some(id) = composition.design.episode_id else { return Ok(Words::default()) };
        let gone = || refused("episode_id", "names an episode that is gone: choose another one, or none");
        let episode = self.episodes.find_episode(id).await?.ok_or_else(gone)?;
        let show = match episode.show_id {
            Some(id) => self.shows.find_show(id).await?,
            None => None,
        };
        Ok(Words {
            title: episode.title.to_string(),
            episode_number: episode.episode_number.get().to_string(),
            season_number: episode.season_number.map_or_else(String::new, |number| number.get().to_string()),
            show: show.map_or_else(String::new, |show| show.name.to_string()),
        })
    }

    /// The bytes of every file.
    pub(super) async fn pictures(&self, sources: &Sources) -> Result<Vec<Picture>, ServiceError> {
        let mut wanted: Vec<&File> = sources.files.values().collect();
        wanted.sort_unstable_by(|one, other| one.sha256.as_str().cmp(other.sha256.as_str()));
        wanted.dedup_by(|one, other| one.sha256 == other.sha256);
        if wanted.iter().map(|file| file.size).sum::<u64>() > MOST_BYTES {
            return Err(undrawable("hold pictures of more than 128 MiB in all: use smaller ones"));
        }
        let mut pictures = Vec::with_capacity(wanted.len());
        for file in wanted {
            pictures.push(Picture { sha256: file.sha256.clone(), bytes: self.bytes(file).await? });
        }
        Ok(pictures)
    }

    async fn bytes(&self, file: &File) -> Result<Arc<[u8]>, ServiceError> {
        let mut bytes = Vec::with_capacity(usize::try_from(file.size).unwrap_or_default());
        let mut reader = self.blobs.open(file.blob, 0..file.size).await?;
        while let Some(some) = reader.next().await? {
            bytes.extend_from_slice(&some);
        }
        Ok(bytes.into())
    }
}

impl Sources {
    /// What is drawn of `composition` on a canvas of this format.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`] where a file that it names is gone, and where it is too much to draw.
    pub(super) fn scene(&self, composition: &Composition, format: Format) -> Result<Scene, ServiceError> {
        let digest = |id| self.files.get(&id).map(|file| file.sha256.clone());
        let scene = Scene::of(&composition.design.layers, format, &self.words, digest)
            .map_err(|id| undrawable(&format!("name the file {id}, which is gone: choose another one")))?;
        scene.check_budget()?;
        Ok(scene)
    }

    /// What the file with these bytes is called.
    fn name(&self, sha256: &Sha256) -> String {
        let file = self.files.values().find(|file| file.sha256 == *sha256);
        file.map_or_else(String::new, |file| file.name.as_str().to_owned())
    }

    /// Why a composition was not drawn, in the words of whoever has made it.
    pub(super) fn told(&self, error: RenderError) -> ServiceError {
        match error {
            RenderError::Picture { sha256, reason } => {
                undrawable(&format!("name the file {}, which cannot be drawn: {reason}", self.name(&sha256)))
            }
            RenderError::TooMuch { reason } => undrawable(&reason),
            failed @ RenderError::Failed(_) => ServiceError::Unavailable(StoreError::new(failed)),
        }
    }
}

fn undrawable(reason: &str) -> ServiceError {
    refused("layers", reason)
}

fn refused(field: &str, reason: &str) -> ServiceError {
    ServiceError::Invalid(vec![FieldError::new(field, reason)])
}
