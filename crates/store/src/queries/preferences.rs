//! What people want to be told of.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::upsert::excluded;
use serde::{Deserialize, Serialize};
use showrunner_domain::episode::EpisodeId;
use showrunner_domain::identity::UserId;
use showrunner_domain::notification::{
    Channels, Concern, Followed, Follows, Interest, NotifiedEvent, PreferenceStore, Preferences,
};
use showrunner_domain::show::ShowId;
use showrunner_domain::{ResourceKind, StoreError, Timestamp};
use uuid::Uuid;

use super::{Conn, Lane, Store};
use crate::failure::Failure;
use crate::schema::{follows, notification_preferences};
use crate::types::{DbId, DbInstant, DbJson};

/// What one document of settings holds. What this release does not know is left out.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Settings {
    channels: BTreeMap<String, Channels>,
    muted_events: BTreeSet<String>,
}

#[async_trait]
impl PreferenceStore for Store {
    async fn find_preferences(&self, owner: UserId) -> Result<Preferences, StoreError> {
        let found = self.engine.read(move |conn| {
            let settings = settings(conn, &[owner])?.remove(&owner);
            Ok(Preferences { follows: followed_by(conn, owner)?, ..settings.unwrap_or_default() })
        });
        Ok(found.await?)
    }

    async fn keep_preferences(
        &self,
        owner: UserId,
        preferences: Preferences,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        Ok(self.engine.write(Lane::Requests, move |conn| keep(conn, owner, &preferences, now)).await?)
    }

    async fn find_interest(&self, concern: Concern) -> Result<Interest, StoreError> {
        let found = self.engine.attend(move |conn| {
            let followers = followers(conn, &concern.records)?;
            let mut people: Vec<UserId> = followers.values().flatten().copied().chain(concern.people).collect();
            people.sort_unstable();
            people.dedup();
            Ok(Interest { followers, preferences: settings(conn, &people)? })
        });
        Ok(found.await?)
    }
}

fn keep(conn: &mut Conn, owner: UserId, preferences: &Preferences, now: Timestamp) -> Result<(), Failure> {
    use notification_preferences::dsl;
    let settings = (dsl::settings.eq(document(owner, preferences)?), dsl::updated_at.eq(DbInstant(now)));
    diesel::insert_into(dsl::notification_preferences)
        .values((dsl::user_id.eq(DbId(owner.uuid())), settings))
        .on_conflict(dsl::user_id)
        .do_update()
        .set((dsl::settings.eq(excluded(dsl::settings)), dsl::updated_at.eq(excluded(dsl::updated_at))))
        .execute(conn)?;
    follow(conn, owner, &preferences.follows)
}

fn follow(conn: &mut Conn, owner: UserId, follows: &Follows) -> Result<(), Failure> {
    use follows::dsl;
    let owner = DbId(owner.uuid());
    diesel::delete(dsl::follows.filter(dsl::user_id.eq(owner))).execute(conn)?;
    for followed in follows.iter() {
        let kind = match followed {
            Followed::Show(_) => ResourceKind::Show,
            Followed::Episode(_) => ResourceKind::Episode,
        };
        let row = (dsl::user_id.eq(owner), dsl::record_id.eq(DbId(followed.id())), dsl::record_kind.eq(kind.as_str()));
        diesel::insert_into(dsl::follows).values(row).execute(conn)?;
    }
    Ok(())
}

fn document(owner: UserId, preferences: &Preferences) -> Result<DbJson, Failure> {
    let channels = preferences.channels.iter().map(|(event, channels)| (event.as_str().to_owned(), channels));
    let muted = preferences.muted_events.iter().map(|event| event.as_str().to_owned());
    let settings = Settings { channels: channels.collect(), muted_events: muted.collect() };
    let document = serde_json::to_value(settings).map_err(|problem| unreadable(DbId(owner.uuid()), &problem))?;
    Ok(DbJson(document))
}

/// The settings of `people`, without what they follow.
fn settings(conn: &mut Conn, people: &[UserId]) -> Result<HashMap<UserId, Preferences>, Failure> {
    use notification_preferences::dsl;
    let people = people.iter().map(|user| DbId(user.uuid()));
    let rows: Vec<(DbId, DbJson)> = dsl::notification_preferences
        .filter(dsl::user_id.eq_any(people))
        .select((dsl::user_id, dsl::settings))
        .load(conn)?;
    rows.into_iter().map(|(user, document)| Ok((UserId::new(user.0), read(user, document)?))).collect()
}

fn read(user: DbId, document: DbJson) -> Result<Preferences, Failure> {
    let settings: Settings = serde_json::from_value(document.0).map_err(|problem| unreadable(user, &problem))?;
    let known = |name: &String| NotifiedEvent::parse(name);
    Ok(Preferences {
        channels: settings.channels.iter().filter_map(|(name, channels)| Some((known(name)?, *channels))).collect(),
        muted_events: settings.muted_events.iter().filter_map(known).collect(),
        follows: Follows::default(),
    })
}

fn unreadable(user: DbId, problem: &impl ToString) -> Failure {
    let (row, problem) = (user.0.to_string(), problem.to_string());
    Failure::Unreadable { table: "notification_preferences", row, column: "settings", problem }
}

fn followed_by(conn: &mut Conn, owner: UserId) -> Result<Follows, Failure> {
    use follows::dsl;
    let rows: Vec<(DbId, String)> = dsl::follows
        .filter(dsl::user_id.eq(DbId(owner.uuid())))
        .select((dsl::record_id, dsl::record_kind))
        .load(conn)?;
    let followed = |(id, kind): &(DbId, String)| match kind.as_str() {
        "show" => Some(Followed::Show(ShowId::new(id.0))),
        "episode" => Some(Followed::Episode(EpisodeId::new(id.0))),
        _ => None,
    };
    // None of them may get lost on the way: what is read here is written back when somebody changes it.
    Follows::parse(rows.iter().filter_map(followed)).map_err(|problem| unreadable(DbId(owner.uuid()), &problem))
}

fn followers(conn: &mut Conn, records: &[Uuid]) -> Result<HashMap<Uuid, Vec<UserId>>, Failure> {
    use follows::dsl;
    let rows: Vec<(DbId, DbId)> = dsl::follows
        .filter(dsl::record_id.eq_any(records.iter().copied().map(DbId)))
        .select((dsl::record_id, dsl::user_id))
        .load(conn)?;
    let mut followers: HashMap<Uuid, Vec<UserId>> = HashMap::new();
    for (record, user) in rows {
        followers.entry(record.0).or_default().push(UserId::new(user.0));
    }
    Ok(followers)
}
