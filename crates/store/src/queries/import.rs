//! What an import asks before it writes.

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use showrunner_domain::episode::{EpisodeNumber, SeasonNumber};
use showrunner_domain::import::ImportStore;
use showrunner_domain::show::{Show, ShowId, ShowName, Slug};
use showrunner_domain::{StoreError, fold};

use super::shows::of_slugs;
use super::{Conn, Store};
use crate::failure::Failure;
use crate::rows::ShowRow;
use crate::schema::{episodes, shows};
use crate::types::DbId;

#[async_trait]
impl ImportStore for Store {
    async fn find_shows_called(&self, names: Vec<ShowName>, slugs: Vec<Slug>) -> Result<Vec<Show>, StoreError> {
        let found = self.engine.read(move |conn| {
            let folded: Vec<String> = names.iter().map(|name| fold(name.as_str())).collect();
            let mut found = of_slugs(conn, &slugs)?;
            called(conn, &folded, &mut found)?;
            Ok(found)
        });
        Ok(found.await?)
    }

    async fn find_taken_numbers(
        &self,
        show: ShowId,
        season: Option<SeasonNumber>,
        numbers: Vec<EpisodeNumber>,
    ) -> Result<Vec<EpisodeNumber>, StoreError> {
        Ok(self.engine.read(move |conn| taken(conn, show, season, &numbers)).await?)
    }
}

/// So many shows are read at once.
const AT_ONCE: usize = 1_000;

/// Adds the shows of these names. Where more share them than are read at once, each half of the names is asked for; of a
/// single name so many tell that it is shared.
fn called(conn: &mut Conn, names: &[String], found: &mut Vec<Show>) -> Result<(), Failure> {
    use shows::dsl;
    let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
    let of_name = dsl::shows.filter(dsl::name_folded.eq_any(names)).select(ShowRow::as_select()).limit(limit);
    let rows: Vec<ShowRow> = of_name.load(conn)?;
    if rows.len() == AT_ONCE && names.len() > 1 {
        let (one, other) = names.split_at(names.len() / 2);
        called(conn, one, found)?;
        return called(conn, other, found);
    }
    for row in rows {
        found.push(Show::try_from(row)?);
    }
    Ok(())
}

/// Reads the unique index of places.
fn taken(
    conn: &mut Conn,
    show: ShowId,
    season: Option<SeasonNumber>,
    numbers: &[EpisodeNumber],
) -> Result<Vec<EpisodeNumber>, Failure> {
    use episodes::dsl;
    let wanted: Vec<i32> = numbers.iter().map(|number| number.get()).collect();
    let held: Vec<i32> = dsl::episodes
        .filter(dsl::live_show_id.eq(DbId(show.uuid())))
        .filter(sql::<Integer>("coalesce(season_number, -1)").eq(season.map_or(-1, SeasonNumber::get)))
        .filter(dsl::episode_number.eq_any(wanted))
        .select(dsl::episode_number)
        .limit(i64::try_from(numbers.len()).unwrap_or(i64::MAX))
        .load(conn)?;
    Ok(numbers.iter().copied().filter(|number| held.contains(&number.get())).collect())
}
