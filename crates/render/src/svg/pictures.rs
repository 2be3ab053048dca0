//! The pictures of a scene: each is decoded once, and scaled once for all drawings that show the same of it.

use showrunner_domain::composition::{Content, Fit, Picture, RenderError, Scene};
use showrunner_domain::file::Sha256;

use super::draw::Draft;
use crate::picture::{Bitmap, Unusable, decode, dimensions};
use crate::place::{Area, Part};
use crate::stop::Stop;

/// How many pixels the pictures of one scene may have in all: twelve photos of twelve megapixels.
const MAX_DECODED: u64 = 150_000_000;

/// What a drawing shows of a picture.
pub(super) struct Shown {
    /// The pixels, in the size in which they are shown.
    pub(super) bitmap: Bitmap,
    /// Where those stand.
    pub(super) at: Area,
    /// Where all of the picture would stand.
    pub(super) whole: Area,
}

/// What each of `drafts` shows of its picture, where it has one and any of that can be seen.
pub(super) fn shown(
    scene: &Scene,
    drafts: &[Draft<'_>],
    pictures: &[Picture],
    stop: &Stop,
) -> Result<Vec<Option<Shown>>, RenderError> {
    let mut shown: Vec<Option<Shown>> = drafts.iter().map(|_| None).collect();
    let mut left = MAX_DECODED;
    for sha256 in scene.pictures() {
        stop.check()?;
        let unusable = |Unusable(reason)| RenderError::Picture { sha256: sha256.clone(), reason };
        let given = pictures.iter().find(|picture| picture.sha256 == *sha256);
        let given = given.ok_or_else(|| RenderError::Failed("a picture of the scene was not given".into()))?;
        let (width, height) = dimensions(&given.bytes).map_err(unusable)?;
        left = left.checked_sub(u64::from(width) * u64::from(height)).ok_or_else(too_many)?;
        let picture = decode(&given.bytes).map_err(unusable)?;
        let mut scaled: Vec<(Part, Bitmap)> = Vec::new();
        for (draft, shown) in drafts.iter().zip(&mut shown) {
            let Some((part, whole)) = draft.shows(sha256).and_then(|fit| draft.part(&picture, fit)) else { continue };
            stop.check()?;
            let known = scaled.iter().find(|(known, _)| *known == part);
            let bitmap = match known {
                Some((_, bitmap)) => bitmap.clone(),
                None => picture.scaled(&part).map_err(unusable)?,
            };
            if known.is_none() {
                scaled.push((part, bitmap.clone()));
            }
            *shown = Some(Shown { bitmap, at: part.filled, whole });
        }
    }
    Ok(shown)
}

fn too_many() -> RenderError {
    let reason = format!("name pictures of more than {MAX_DECODED} pixels in all: use smaller ones");
    RenderError::TooMuch { reason }
}

impl Draft<'_> {
    /// How the picture with these bytes fills the frame, where this is a drawing of it.
    fn shows(&self, of: &Sha256) -> Option<Fit> {
        match &self.drawing.content {
            Content::Picture { sha256, fit, .. } => (sha256 == of).then_some(*fit),
            Content::Text { .. } | Content::Shape { .. } => None,
        }
    }

    /// What of `picture` can be seen, and where all of it would stand.
    fn part(&self, picture: &Bitmap, fit: Fit) -> Option<(Part, Area)> {
        let whole = self.frame().filled_by(picture, fit);
        let part = whole.seen_in(Area::around(self.canvas, self.reach()))?;
        Some((part, whole.filled))
    }
}
