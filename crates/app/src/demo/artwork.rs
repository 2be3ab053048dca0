//! Artwork for the sample: a thumbnail for the first episode of each show, before a picture that the program draws itself.

use std::sync::Arc;

use serde_json::{Value, json};
use showrunner_domain::composition::{
    CompositionName, CompositionPatch, Encoding, Format, Formats, LayerDrafts, Layers, NewComposition, RenderWish,
    Renderer as _, Scene, Words,
};
use showrunner_domain::episode::{Episode, EpisodeFilter, EpisodeQuery, EpisodeSort};
use showrunner_domain::event::Origin;
use showrunner_domain::file::{FileId, FileName, NewFile};
use showrunner_domain::identity::{Bearers, Caller, Email, Revocations, Role, TokenSigner};
use showrunner_domain::show::{Show, ShowQuery};
use showrunner_domain::{Answered, Invalid, Limit, ServiceError, StoreError, Terms};
use showrunner_store::Ports;

use crate::commands::CommandError;
use crate::services::{self, Storage, Tools};

/// Whose artwork it is: an account that nobody can sign in with.
const EMAIL: &str = "demo@example.com";
/// Ground, and two colours upon it.
const PALETTES: [[&str; 3]; 4] = [
    ["#0b3d2e", "#ffd166", "#ef476f"],
    ["#14213d", "#fca311", "#e5e5e5"],
    ["#3d0c11", "#f4978e", "#fbc3bc"],
    ["#1b263b", "#80ed99", "#57cc99"],
];

/// Composes a thumbnail for the first episode of each show, lets it stand for the episode, and queues the jobs that render.
pub(super) async fn compose(
    ports: &Ports,
    storage: &Storage,
    tools: &Tools,
    signer: &dyn TokenSigner,
) -> Result<(), CommandError> {
    let caller = somebody(ports, signer).await?;
    let compositions = services::compositions(ports);
    let shows = ports.shows.list_shows(ShowQuery { limit: Limit::MOST, ..ShowQuery::default() }).await?.items;
    for (show, palette) in shows.iter().zip(PALETTES.iter().cycle()) {
        let Some(first) = first_episode(ports, show).await? else { continue };
        let ground = ground(ports, storage, tools, &caller, palette).await?;
        let new = thumbnail(&first, ground, palette).map_err(refused)?;
        if let Answered::Now(composition) = compositions.create(&caller, new, &Terms::default()).await? {
            compositions.make_primary(&caller, composition.id, &Terms::default()).await?;
            let wish = RenderWish { formats: None, encoding: Encoding::Jpeg };
            compositions.render(&caller, composition.id, &wish, &Terms::default()).await?;
        }
    }
    Ok(())
}

async fn somebody(ports: &Ports, signer: &dyn TokenSigner) -> Result<Caller, CommandError> {
    let revocations = Arc::new(Revocations::new(ports.signing_keys.clone()));
    let access = services::access(ports, Arc::new(Bearers::new(ports.users.clone())), revocations);
    let token = access.issue(signer, Email::parse(EMAIL).map_err(refused)?, Role::Editor).await?;
    Ok(Caller { actor: access.authenticate(&token).await?, origin: Origin::default() })
}

async fn first_episode(ports: &Ports, show: &Show) -> Result<Option<Episode>, StoreError> {
    let filter = EpisodeFilter { show_id: Some(show.id), ..EpisodeFilter::default() };
    let sort = EpisodeSort::parse("air_date").unwrap_or_default();
    let query = EpisodeQuery { filter, sort, ..EpisodeQuery::default() };
    Ok(ports.episodes.list_episodes(query).await?.items.into_iter().next())
}

/// A picture of circles, drawn and kept as a file.
async fn ground(
    ports: &Ports,
    storage: &Storage,
    tools: &Tools,
    caller: &Caller,
    [base, one, other]: &[&str; 3],
) -> Result<FileId, CommandError> {
    let circle = |place: u32| {
        let at = f64::from(place);
        let (color, size) = (if place.is_multiple_of(2) { one } else { other }, 0.08 + (at * 0.37) % 0.3);
        json!({
            "role": "circle", "kind": "shape", "fill": color, "opacity": 0.25, "radius": 0.5,
            "frame": { "x": 0.4 + (at * 0.618) % 0.6 - size / 2.0, "y": (at * 0.414) % 1.0 - size, "w": size, "h": size * 16.0 / 9.0 },
        })
    };
    let ground = json!({ "role": "ground", "kind": "shape", "fill": base });
    let layers = std::iter::once(ground).chain((1..24).map(circle)).collect();
    let layers = described(layers)?.complete(&Layers::default()).map_err(ServiceError::Invalid)?;
    let nothing = |_| ServiceError::from(StoreError::new("a picture of shapes names no file"));
    let scene = Scene::of(&layers, Format::Youtube, &Words::default(), |_| None).map_err(nothing)?;
    let png = tools.artist.render(&scene, &[], Encoding::Png).await.map_err(StoreError::new)?;
    let files = services::files(ports, storage);
    let name = FileName::parse("circles.png").map_err(refused)?;
    let mut upload = files.begin(caller, NewFile { name, episode_id: None }).await?;
    upload.write(&png).await?;
    Ok(upload.finish().await?.id)
}

fn thumbnail(episode: &Episode, ground: FileId, [base, accent, _]: &[&str; 3]) -> Result<NewComposition, Invalid> {
    let line = "{show} · Season {season_number}, Episode {episode_number}";
    let layers = json!([
        { "role": "background", "kind": "image", "source": { "file_id": ground } },
        { "role": "shade", "kind": "shape", "fill": base, "opacity": 0.45 },
        { "role": "title", "kind": "text", "source": { "text": "{title}" }, "max_lines": 3, "font": { "weight": 800, "size": 0.13 },
          "frame": { "x": 0.07, "y": 0.32, "w": 0.8, "h": 0.48 }, "shadow": { "color": "#00000090", "blur": 0.012 } },
        { "role": "line", "kind": "text", "source": { "text": line }, "max_lines": 1, "fill": accent,
          "font": { "weight": 600, "size": 0.045 }, "frame": { "x": 0.07, "y": 0.84, "w": 0.86, "h": 0.08 } },
    ]);
    let others = CompositionPatch {
        episode_id: Some(Some(episode.id)),
        formats: Some(Formats::parse(vec![Format::Youtube, Format::InstagramFeed])?),
        layers: described(layers).ok(),
        ..CompositionPatch::default()
    };
    Ok(NewComposition { name: CompositionName::parse("Thumbnail")?, others })
}

fn described(layers: Value) -> Result<LayerDrafts, ServiceError> {
    LayerDrafts::read("layers", layers).map_err(ServiceError::Invalid)
}

#[expect(clippy::needless_pass_by_value, reason = "it is handed to `map_err`")]
fn refused(reason: Invalid) -> CommandError {
    CommandError::Argument(format!("--demo: {reason}"))
}
