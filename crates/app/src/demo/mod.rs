//! `serve --demo`: real episodes and artwork for some in an empty store, to have something to look at.

mod artwork;

use showrunner_domain::episode::EpisodeQuery;
use showrunner_domain::identity::TokenSigner;
use showrunner_domain::import::{ImportError, Imported};
use showrunner_domain::show::ShowQuery;
use showrunner_store::Ports;

use crate::commands::CommandError;
use crate::services::{self, Storage, Tools};

/// What `docs/samples/README.md` tells of.
const EPISODES: &str = include_str!("../../../../docs/samples/episodes.csv");

/// Loads the sample into a store without shows and episodes, once, however many nodes start at the same time.
pub(crate) async fn load(
    ports: &Ports,
    storage: &Storage,
    tools: &Tools,
    signer: &dyn TokenSigner,
) -> Result<(), CommandError> {
    let episodes = ports.episodes.list_episodes(EpisodeQuery::default()).await?.items;
    if !episodes.is_empty() || !ports.shows.list_shows(ShowQuery::default()).await?.items.is_empty() {
        tracing::info!("--demo: the store is not empty; nothing was loaded");
        return Ok(());
    }
    match services::import(ports).import_once("demo", showrunner_csv::read(EPISODES.as_bytes(), None)).await {
        Ok(Some(Imported { episodes, shows })) => {
            artwork::compose(ports, storage, tools, signer).await?;
            tracing::info!(episodes, shows, "--demo: the sample was loaded");
        }
        Ok(None) => tracing::info!("--demo: the sample was loaded by another start within a day; nothing was loaded"),
        Err(ImportError::Service(error)) => return Err(error.into()),
        Err(error @ ImportError::Faulty(_)) => return Err(CommandError::Argument(format!("--demo: {error}"))),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use showrunner_domain::episode::{EpisodeNumber, SeasonNumber};
    use showrunner_domain::import::Row;

    use super::*;

    #[test]
    fn the_sample_holds_whole_seasons_in_the_order_of_their_broadcast() {
        let rows = showrunner_csv::read(EPISODES.as_bytes(), None).into_rows().unwrap();
        assert!(rows.len() >= 300, "{}", rows.len());
        let mut last = BTreeMap::new();
        for Row { show, new, .. } in rows {
            let series = show.unwrap().to_string();
            let season = new.others.season_number.flatten().map(SeasonNumber::get).unwrap();
            let (number, day) = (EpisodeNumber::get(new.episode_number), new.others.air_date.flatten().unwrap());
            let follows = match last.insert(series.clone(), (season, number, day)) {
                None => (season, number) == (1, 1),
                Some((s, n, d)) => d <= day && ((season, number) == (s, n + 1) || (season, number) == (s + 1, 1)),
            };
            assert!(follows, "{series} {season}x{number} on {day}");
        }
        assert!(last.len() >= 5, "{last:?}");
    }
}
