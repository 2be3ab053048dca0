//! What an import asks before it writes.

use async_trait::async_trait;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use showrunner_domain::StoreError;
use showrunner_domain::episode::{EpisodeNumber, SeasonNumber, fold};
use showrunner_domain::import::ImportStore;
use showrunner_domain::show::{Show, ShowId, ShowName, Slug};

use super::{Conn, Store};
use crate::failure::Failure;
use crate::rows::ShowRow;
use crate::schema::{episodes, shows};
use crate::types::DbId;

#[async_trait]
impl ImportStore for Store {
    async fn find_shows_called(&self, names: Vec<ShowName>) -> Result<Vec<Show>, StoreError> {
        Ok(self.engine.readers().run(move |conn| called(conn, &names)).await?)
    }

    async fn find_taken_numbers(
        &self,
        show: ShowId,
        season: Option<SeasonNumber>,
        numbers: Vec<EpisodeNumber>,
    ) -> Result<Vec<EpisodeNumber>, StoreError> {
        Ok(self.engine.readers().run(move |conn| taken(conn, show, season, &numbers)).await?)
    }
}

/// A name may be shared; so many shows of one name are seen.
const NAMESAKES: usize = 4;

fn called(conn: &mut Conn, names: &[ShowName]) -> Result<Vec<Show>, Failure> {
    use shows::dsl;
    let folded: Vec<String> = names.iter().map(|name| fold(name.as_str())).collect();
    let suggested = names.iter().filter_map(|name| Slug::of(name.as_str())).map(|slug| slug.to_string());
    let slugs: Vec<String> = suggested.chain(names.iter().map(ToString::to_string)).collect();
    let limit = i64::try_from(names.len() * NAMESAKES).unwrap_or(i64::MAX);
    let mut rows: Vec<ShowRow> =
        dsl::shows.filter(dsl::slug.eq_any(slugs)).select(ShowRow::as_select()).limit(limit).load(conn)?;
    let of_name = dsl::shows.filter(dsl::name_folded.eq_any(folded)).select(ShowRow::as_select()).limit(limit);
    rows.extend(of_name.load(conn)?);
    let found: Result<Vec<Show>, Failure> = rows.into_iter().map(Show::try_from).collect();
    let mut found = found?;
    found.sort_unstable_by_key(|show| show.id);
    found.dedup_by_key(|show| show.id);
    Ok(found)
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
