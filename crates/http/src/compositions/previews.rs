//! Previews: drawn in turns, and remembered while nothing that decides them changes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::web::Bytes;
use lru::LruCache;
use showrunner_domain::composition::{CompositionId, Format, Rendering};
use showrunner_domain::file::Sha256;
use showrunner_domain::identity::Caller;
use showrunner_web::Problem;

use crate::fair_turns::FairTurns;

/// How many bytes of previews are remembered.
const MAX_REMEMBERED: usize = 64 * 1024 * 1024;

/// Draws previews of compositions: few at once, one a user, and none again that was drawn lately.
pub struct Previews {
    rendering: Rendering,
    turns: FairTurns,
    drawn: Mutex<Drawn>,
}

/// Previews by the digest of what decides them, the one that was wanted last first.
struct Drawn {
    previews: LruCache<Sha256, Bytes>,
    bytes: usize,
}

impl Previews {
    /// Draws by `rendering`, at most so many at once.
    #[must_use]
    pub fn new(rendering: Rendering, at_once: usize) -> Self {
        let drawn = Drawn { previews: LruCache::unbounded(), bytes: 0 };
        Self { rendering, turns: FairTurns::new(at_once), drawn: Mutex::new(drawn) }
    }

    /// A composition on a canvas of this format, or of its first one, as an SVG document.
    pub(super) async fn get(
        &self,
        caller: &Caller,
        id: CompositionId,
        format: Option<Format>,
    ) -> Result<Bytes, Problem> {
        let preview = self.rendering.preview(caller, id, format).await?;
        if let Some(drawn) = self.drawn().get(&preview.key) {
            return Ok(drawn);
        }
        let _turn = self.turns.take(caller.actor.id).await?;
        // Others may have wanted the same meanwhile.
        if let Some(drawn) = self.drawn().get(&preview.key) {
            return Ok(drawn);
        }
        let svg = Bytes::from(self.rendering.draw_preview(&preview).await?);
        self.drawn().keep(preview.key, svg.clone());
        Ok(svg)
    }

    fn drawn(&self) -> MutexGuard<'_, Drawn> {
        self.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drawn {
    fn get(&mut self, key: &Sha256) -> Option<Bytes> {
        self.previews.get(key).cloned()
    }

    fn keep(&mut self, key: Sha256, svg: Bytes) {
        self.bytes += svg.len();
        let before = self.previews.put(key, svg);
        self.bytes -= before.map_or(0, |before| before.len());
        while self.bytes > MAX_REMEMBERED
            && let Some((_, forgotten)) = self.previews.pop_lru()
        {
            self.bytes -= forgotten.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_wanted_last_is_remembered_within_so_many_bytes() {
        let mut drawn = Drawn { previews: LruCache::unbounded(), bytes: 0 };
        let key = |digit: &str| Sha256::parse(digit.repeat(64)).unwrap();
        let third = || Bytes::from(vec![0; MAX_REMEMBERED / 3]);
        for digit in ["a", "b", "c", "c"] {
            drawn.keep(key(digit), third());
        }
        assert!(drawn.get(&key("a")).is_some());
        drawn.keep(key("d"), third());
        assert!(drawn.get(&key("a")).is_some() && drawn.get(&key("b")).is_none());
        assert_eq!(drawn.bytes, MAX_REMEMBERED / 3 * 3);
    }
}
