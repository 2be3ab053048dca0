//! One evening at the premiere desk: two approved episodes, one of them due.

use std::error::Error;
use std::sync::Arc;

use chrono::NaiveDate;
use showrunner_domain::episode::{EpisodeNumber, EpisodePatch, EpisodeService, EpisodeStatus, NewEpisode, Title};
use showrunner_domain::event::Origin;
use showrunner_domain::identity::{Actor, Caller, Role, ShowRoles, UserId};
use showrunner_domain::{Clock as _, IdSource as _, Terms};
use showrunner_example::{PremiereDesk, Shelf, SystemClock, SystemIds};

fn main() -> Result<(), Box<dyn Error>> {
    futures_executor::block_on(evening())
}

async fn evening() -> Result<(), Box<dyn Error>> {
    let shelf = Arc::new(Shelf::default());
    let (clock, ids) = (Arc::new(SystemClock), Arc::new(SystemIds));
    let episodes = EpisodeService { episodes: shelf.clone(), ledger: shelf.clone(), clock, ids };
    let desk = PremiereDesk { episodes: Arc::new(episodes) };
    let scheduler = scheduler();
    let today = day(2008, 1, 20)?;
    for (number, title, aired) in [(1, "Pilot", today), (2, "Cat's in the Bag...", day(2008, 1, 27)?)] {
        desk.episodes.create(&scheduler, approved(number, title, aired)?, &Terms::default()).await?;
    }
    for episode in desk.open(&scheduler, today).await? {
        println!("on air: {}", episode.title.as_str());
    }
    for event in shelf.log() {
        println!("{} {}", event.kind.as_str(), event.data);
    }
    Ok(())
}

fn approved(number: i64, title: &str, aired: NaiveDate) -> Result<NewEpisode, Box<dyn Error>> {
    Ok(NewEpisode {
        title: Title::parse(title)?,
        episode_number: EpisodeNumber::parse(number)?,
        others: EpisodePatch {
            status: Some(EpisodeStatus::Approved),
            air_date: Some(Some(aired)),
            ..EpisodePatch::default()
        },
    })
}

fn day(year: i32, month: u32, day: u32) -> Result<NaiveDate, &'static str> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or("there is no such day")
}

/// Whoever asks: this service authenticates people in its own way.
fn scheduler() -> Caller {
    let actor = Actor {
        id: UserId::new(SystemIds.next()),
        email: "scheduler@example.com".to_owned(),
        name: "A scheduler".to_owned(),
        role: Role::Editor,
        shows: ShowRoles::default(),
        granted: Role::Editor,
        session: None,
        expires_at: SystemClock.now().plus_seconds(60),
    };
    Caller { actor, origin: Origin::default() }
}
