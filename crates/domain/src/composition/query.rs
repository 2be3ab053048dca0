//! Which compositions a list holds. Lists are sorted by when compositions came, the newest first.

use serde::{Deserialize, Serialize};

use super::{Approval, Composition, CompositionId};
use crate::episode::EpisodeId;
use crate::identity::UserId;
use crate::{Limit, Line, Timestamp};

/// What a list of compositions is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompositionQuery {
    /// Which compositions.
    pub filter: CompositionFilter,
    /// From where on; `None` for the first page.
    pub after: Option<CompositionAfter>,
    /// How many.
    pub limit: Limit,
    /// Whether to count all that match.
    pub total: bool,
    /// Who asks: of work that may take long each gets a fair share. Set by the service.
    pub asker: Option<UserId>,
}

/// Which compositions a list holds: those that fulfil everything that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CompositionFilter {
    /// For this episode.
    pub episode_id: Option<EpisodeId>,
    /// With this approval.
    pub approval: Option<Approval>,
    /// With this text in the name, whatever the case.
    pub q: Option<Line<255>>,
}

/// The place behind a composition in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompositionAfter {
    /// When the composition came.
    pub created_at: Timestamp,
    /// The composition.
    pub id: CompositionId,
}

impl CompositionAfter {
    /// The place behind `composition`.
    #[must_use]
    pub const fn of(composition: &Composition) -> Self {
        Self { created_at: composition.created_at, id: composition.id }
    }
}
