//! What is written is read back, to the last microsecond and character.

use serde_json::{Map, Value};
use showrunner_domain::activity::{ActivityId, ActivityQuery, ActivityReader};
use showrunner_domain::episode::{
    Categories, Category, Description, DurationMinutes, EpisodePatch, EpisodeStatus, Genre, NewEpisode, PersonName,
    Rating, SeasonNumber, ThumbnailUrl,
};
use showrunner_domain::event::{Reader as _, ReaderName, Seq};
use showrunner_domain::identity::{SigningKeyId, Visibility};
use showrunner_domain::notification::{Interest, NotificationId, NotificationQuery, NotificationReader};
use showrunner_domain::{Advance, Clock as _, Terms, Timestamp};

use super::on_both_stores;
use crate::world::{World, draft, editor, next_id, now, titled};

on_both_stores!(
    an_episode_with_every_field_is_read_back_as_it_was_written,
    fields_can_be_emptied_again,
    whatever_an_update_changes_and_whatever_it_leaves_is_read_back,
    event_data_is_the_very_text_that_was_committed,
    documents_of_activities_and_notifications_are_read_back_whatever_they_hold,
    a_published_key_is_found_and_stays_as_it_is,
);

fn full() -> EpisodePatch {
    let categories = vec![Category::parse("drama").unwrap(), Category::parse("crime \"noir\"").unwrap()];
    EpisodePatch {
        season_number: Some(SeasonNumber::parse(1).ok()),
        description: Some(Description::parse("First line\nSecond\tline, \u{1F3AC} and \\ and \"quotes\"").unwrap()),
        status: Some(EpisodeStatus::Approved),
        air_date: Some("2008-01-20".parse().ok()),
        categories: Some(Categories::parse(categories).unwrap()),
        director: Some(PersonName::parse("A director").ok()),
        writer: Some(PersonName::parse("A writer").ok()),
        duration_minutes: Some(DurationMinutes::parse(58).ok()),
        rating: Some(Rating::parse(8.999_999_999_999_998).ok()),
        genre: Some(Genre::parse("Drama").ok()),
        thumbnail_url: Some(ThumbnailUrl::parse("https://example.com/a.jpg?x=1").ok()),
        ..EpisodePatch::default()
    }
}

async fn an_episode_with_every_field_is_read_back_as_it_was_written(world: World) {
    let new = NewEpisode { others: full(), ..draft("Cat's in the Bag... \u{202E}", 2) };
    let written = now(world.episodes().create(&editor(), new, &Terms::default()).await.unwrap());
    assert_eq!(world.ports.episodes.find_episode(written.id).await.unwrap(), Some(written));
}

async fn fields_can_be_emptied_again(world: World) {
    let new = NewEpisode { others: full(), ..draft("Pilot", 1) };
    let written = now(world.episodes().create(&editor(), new, &Terms::default()).await.unwrap());
    let emptied = EpisodePatch {
        season_number: Some(None),
        air_date: Some(None),
        director: Some(None),
        writer: Some(None),
        duration_minutes: Some(None),
        rating: Some(None),
        genre: Some(None),
        thumbnail_url: Some(None),
        ..EpisodePatch::default()
    };
    let updated = now(world.episodes().update(&editor(), written.id, &emptied, &Terms::default()).await.unwrap());
    assert_eq!((updated.rating, updated.genre.clone()), (None, None));
    assert_eq!(world.ports.episodes.find_episode(written.id).await.unwrap(), Some(updated));
}

async fn whatever_an_update_changes_and_whatever_it_leaves_is_read_back(world: World) {
    let others = EpisodePatch { status: None, ..full() };
    let written = now(world
        .episodes()
        .create(&editor(), NewEpisode { others, ..draft("Pilot", 1) }, &Terms::default())
        .await
        .unwrap());
    let patches = [
        titled("Another title"),
        EpisodePatch { status: Some(EpisodeStatus::Pending), ..EpisodePatch::default() },
        EpisodePatch { air_date: Some("2009-03-08".parse().ok()), ..EpisodePatch::default() },
        EpisodePatch { season_number: Some(None), ..EpisodePatch::default() },
        EpisodePatch { genre: Some(None), ..EpisodePatch::default() },
        EpisodePatch { air_date: Some(None), genre: Some(Genre::parse("Crime").ok()), ..titled("A third one") },
    ];
    for patch in patches {
        let updated = now(world.episodes().update(&editor(), written.id, &patch, &Terms::default()).await.unwrap());
        assert_eq!(world.ports.episodes.find_episode(written.id).await.unwrap(), Some(updated));
    }
}

async fn event_data_is_the_very_text_that_was_committed(world: World) {
    let episode = world.create("Pilot").await;
    world.episodes().update(&editor(), episode.id, &titled("Ünï \u{1F3AC}"), &Terms::default()).await.unwrap();
    let log = world.log().await;
    let record = serde_json::to_string(&episode).unwrap();
    assert_eq!(log[0].data, format!(r#"{{"episode":{record},"createdBy":"editor@example.com"}}"#));
    assert!(log[1].data.starts_with(r#"{"episode":{"#), "members keep their order: {}", log[1].data);
}

async fn documents_of_activities_and_notifications_are_read_back_whatever_they_hold(world: World) {
    world.create("Pilot").await;
    let event = world.log().await.remove(0);
    let mut effects = ActivityReader.digest(&event, &Interest::default()).unwrap();
    effects.append(NotificationReader.digest(&event, &Interest::default()).unwrap());
    let documents = [
        r#"{"a":"\u0000","\u0000":[{"b":"\u0000"}]}"#,
        r#"{"n":[1e300,1.5e-7,-0.0,9007199254740993,18446744073709551615,0.1]}"#,
        r#"{"a":"\ud83c\udfac \\u0000","b":null,"c":{}}"#,
    ];
    let (activity, notification) = (effects.activities.remove(0), effects.notifications.remove(0));
    for text in documents {
        let document: Map<String, Value> = serde_json::from_str(text).unwrap();
        let mut activity = activity.clone();
        (activity.id, activity.metadata) = (ActivityId::new(next_id()), document.clone());
        effects.activities.push(activity);
        let mut notification = notification.clone();
        (notification.id, notification.data) = (NotificationId::new(next_id()), document);
        effects.notifications.push(notification);
    }
    let (from, to) = (Seq::START, event.seq);
    let step = Advance { reader: ReaderName::Activity, from, to, effects: effects.clone() };
    world.ports.ledger.advance(step).await.unwrap();
    let query = ActivityQuery { visible: Visibility::of(&editor().actor), ..ActivityQuery::default() };
    let activities = world.ports.activities.list_activities(query).await.unwrap().items;
    assert_eq!(activities.len(), 3);
    for written in effects.activities {
        let read = activities.iter().find(|activity| activity.id == written.id).unwrap();
        assert_eq!(Value::from(read.metadata.clone()).to_string(), Value::from(written.metadata).to_string());
    }
    let owner = editor().actor.id;
    let query = NotificationQuery::default();
    let notifications = world.ports.notifications.list_notifications(owner, query).await.unwrap().items;
    assert_eq!(notifications.len(), 3);
    for written in effects.notifications {
        let read = notifications.iter().find(|notification| notification.id == written.id).unwrap();
        assert_eq!(Value::from(read.data.clone()).to_string(), Value::from(written.data).to_string());
    }
}

async fn a_published_key_is_found_and_stays_as_it_is(world: World) {
    let (kid, now): (_, Timestamp) = (SigningKeyId("a".into()), world.clock.now());
    let keys = &world.ports.signing_keys;
    assert_eq!(keys.find_key(&kid).await.unwrap(), None);
    keys.publish_key(&kid, "first", now).await.unwrap();
    keys.publish_key(&kid, "second", now).await.unwrap();
    assert_eq!(keys.find_key(&kid).await.unwrap().as_deref(), Some("first"));
}
