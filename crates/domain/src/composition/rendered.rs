//! What is written when a composition was rendered: files, outputs, the event that tells of them, and the picture of the
//! episode that the composition stands for.

use std::sync::Arc;

use async_trait::async_trait;

use super::review::thumbnail;
use super::service::may;
use super::{Composition, Encoding, Format, Output, OutputChange, OutputStatus, Rendering};
use crate::event::Stamp;
use crate::file::{Blob, ContentType, File, FileId, FileName, NewFile, Sha256};
use crate::identity::{Action, Caller, permit_within};
use crate::job::{Afresh, JobId};
use crate::{Clock, IdSource, RecordChange, ResourceKind, ServiceError};

/// One picture, its bytes in the blob store.
pub(super) struct Piece {
    pub(super) format: Format,
    pub(super) key: Sha256,
    pub(super) blob: Blob,
    /// Whether it was rendered for this.
    pub(super) anew: bool,
    /// What its file is to be known by.
    pub(super) file: FileId,
}

/// What was rendered of a composition.
pub(super) struct Rendered {
    pub(super) rendering: Arc<Rendering>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) ids: Arc<dyn IdSource>,
    pub(super) job: JobId,
    pub(super) caller: Caller,
    /// As it was when it was rendered.
    pub(super) composition: Composition,
    pub(super) encoding: Encoding,
    pub(super) pieces: Vec<Piece>,
}

#[async_trait]
impl Afresh for Rendered {
    /// Nothing where the composition is gone. An output that another job is to make by now is left to that. Whoever wanted
    /// the job must still be allowed to write what is written: the composition's episode may have come to another show.
    async fn changes(&self) -> Result<Vec<RecordChange>, ServiceError> {
        let Some(current) = self.rendering.compositions.find_composition(self.composition.id).await? else {
            return Ok(Vec::new());
        };
        may(&self.caller, Action::Write, &current)?;
        let mut outputs = self.rendering.compositions.list_outputs(current.id).await?;
        let (mut changes, mut made) = (Vec::new(), Vec::new());
        for piece in &self.pieces {
            let before =
                outputs.iter().position(|output| output.format == piece.format && output.encoding == self.encoding);
            if before.is_some_and(|place| outputs[place].job_id != self.job) {
                continue;
            }
            let same = outputs.iter().find(|output| output.shows(piece.format, self.encoding, &piece.key));
            let file_id = match same.and_then(|output| output.file_id) {
                Some(same) => same,
                None => self.file(piece, &current, &mut changes).await?,
            };
            let output = self.output(piece, file_id);
            changes.push(RecordChange::Output(OutputChange::Rendered(output.clone())));
            made.push(output.clone());
            match before {
                Some(place) => outputs[place] = output,
                None => outputs.push(output),
            }
        }
        changes.push(RecordChange::Occurrence(current.rendered(&made, &self.stamp())));
        changes.extend(self.thumbnail(&current, &outputs).await?.map(RecordChange::Episode));
        Ok(changes)
    }
}

impl Rendered {
    /// A new file for `piece`. Bytes that are known already, or come twice here, are kept once.
    async fn file(
        &self,
        piece: &Piece,
        current: &Composition,
        changes: &mut Vec<RecordChange>,
    ) -> Result<FileId, ServiceError> {
        let digest = &piece.blob.sha256;
        let here = changes.iter().find_map(|change| match change {
            RecordChange::Blob(blob) if blob.sha256 == *digest => Some(blob.clone()),
            _ => None,
        });
        let known = match here {
            Some(blob) => Some(blob),
            None => self.rendering.files.find_blob(digest.clone()).await?,
        };
        if known.is_none() && !piece.anew {
            // Its bytes went with the last file that had them, or are about to.
            return Err(ServiceError::Conflict { reason: "what was rendered before was deleted meanwhile" });
        }
        if known.is_none() {
            changes.push(RecordChange::Blob(piece.blob.clone()));
        }
        let blob = known.unwrap_or_else(|| piece.blob.clone());
        let content_type = ContentType::parse(self.encoding.content_type()).unwrap_or_else(|_| ContentType::unknown());
        let new = NewFile { name: self.name(piece.format), episode_id: current.design.episode_id };
        let file = File::create(piece.file, new, content_type, blob, current.show_id, &self.stamp());
        changes.push(RecordChange::File(file));
        Ok(piece.file)
    }

    /// The composition's name, as far as a file can have it, and the format.
    fn name(&self, format: Format) -> FileName {
        let name = self.composition.design.name.as_str().replace(['/', '\\'], "-");
        let ending = format!(" {}.{}", format.as_str().to_lowercase(), self.encoding.extension());
        let room = 255 - ending.len();
        let short: String = name.chars().take(room).collect();
        FileName::parse(short + &ending).unwrap_or_else(|reason| unreachable!("a line without a path: {reason}"))
    }

    fn output(&self, piece: &Piece, file: FileId) -> Output {
        let canvas = piece.format.canvas();
        Output {
            composition_id: self.composition.id,
            format: piece.format,
            encoding: self.encoding,
            status: OutputStatus::Ready,
            job_id: self.job,
            file_id: Some(file),
            width: canvas.width,
            height: canvas.height,
            bytes: Some(piece.blob.size),
            sha256: Some(piece.blob.sha256.clone()),
            composition_version: Some(self.composition.version),
            rendered_at: Some(self.clock.now()),
            key: Some(piece.key.clone()),
        }
    }

    /// The change of the episode that `current` stands for, where it stands for one and the picture is new.
    async fn thumbnail(
        &self,
        current: &Composition,
        outputs: &[Output],
    ) -> Result<Option<crate::Change<crate::episode::Episode>>, ServiceError> {
        let Some(id) = current.design.episode_id.filter(|_| current.is_primary) else { return Ok(None) };
        let episode = self.rendering.episodes.find_episode(id).await?.filter(|episode| episode.deleted_at.is_none());
        let Some(episode) = episode else { return Ok(None) };
        permit_within(&self.caller.actor, Action::Write, ResourceKind::Episode, episode.show_id)?;
        thumbnail(episode, current, outputs, &self.stamp())
    }

    fn stamp(&self) -> Stamp {
        Stamp::of(&self.caller, self.ids.as_ref(), self.clock.now())
    }
}
