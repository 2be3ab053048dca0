//! Where somebody may be.

use uuid::Uuid;

use crate::ResourceKind;
use crate::episode::EpisodeId;

/// The name of [`Place::Server`] in the stores.
const SERVER: &str = "server";

/// Where somebody may be: at the server, or at a record as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// At the server, whatever they look at.
    Server,
    /// Looking at an episode.
    Episode(EpisodeId),
}

impl Place {
    /// The record `id` of the kind of this name, if records of that kind can be looked at.
    #[must_use]
    pub fn record(kind: &str, id: Uuid) -> Option<Self> {
        (kind == ResourceKind::Episode.as_str()).then(|| Self::Episode(EpisodeId::new(id)))
    }

    /// The place that a store keeps under these names; a later release may know more of them.
    #[must_use]
    pub fn kept(kind: &str, id: Uuid) -> Option<Self> {
        if kind == SERVER { Some(Self::Server) } else { Self::record(kind, id) }
    }

    /// The name of the kind of place, on the wire and in the stores.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Server => SERVER,
            Self::Episode(_) => ResourceKind::Episode.as_str(),
        }
    }

    /// The record's identifier; the nil UUID for the server.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::Server => Uuid::nil(),
            Self::Episode(id) => id.uuid(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_own_names_and_only_records_can_be_looked_at() {
        let episode = Place::Episode(EpisodeId::new(Uuid::from_u128(7)));
        for place in [Place::Server, episode] {
            assert_eq!(Place::kept(place.kind(), place.id()), Some(place));
        }
        assert_eq!(Place::record("server", Uuid::nil()), None);
        assert_eq!(Place::kept("planet", Uuid::nil()), None);
    }
}
