//! Folding text again where the rules of folding have changed since it was written.

use diesel::prelude::*;
use diesel::sql_types::{Integer, Text};
use showrunner_domain::fold;
use uuid::Uuid;

use super::Conn;
use crate::failure::Failure;
use crate::types::{DbId, Id};

/// The rules of [`fold`]: 0 were lower case, 1 are full case folding and NFC.
const RULES: i32 = 1;
/// How many rows are read at once.
const AT_ONCE: usize = 1_000;
/// Where text stands beside its folded form.
const COLUMNS: [(&str, &str, &str); 5] = [
    ("shows", "name", "name_folded"),
    ("episodes", "title", "title_folded"),
    ("compositions", "name", "name_folded"),
    ("files", "name", "name_folded"),
    ("activities", "resource_name", "resource_name_folded"),
];

#[derive(QueryableByName)]
struct Rules {
    #[diesel(sql_type = Integer)]
    rules: i32,
}

#[derive(QueryableByName)]
struct StoredText {
    #[diesel(sql_type = Id)]
    id: DbId,
    #[diesel(sql_type = Text)]
    original: String,
    #[diesel(sql_type = Text)]
    folded: String,
}

/// Brings folded text to the rules of this release. Where that is broken off, the next call does it from the beginning.
pub(crate) fn refold(conn: &mut Conn) -> Result<(), Failure> {
    let known: Vec<Rules> = diesel::sql_query("select rules from text_folding").load(conn)?;
    if known.iter().all(|known| known.rules >= RULES) {
        return Ok(());
    }
    for (table, original, folded) in COLUMNS {
        refold_column(conn, table, original, folded)?;
    }
    diesel::sql_query("update text_folding set rules = $1").bind::<Integer, _>(RULES).execute(conn)?;
    Ok(())
}

fn refold_column(conn: &mut Conn, table: &str, original: &str, folded: &str) -> Result<(), Failure> {
    let read = format!(
        "select id, {original} as original, {folded} as folded from {table} where id > $1 order by id limit {AT_ONCE}"
    );
    // Where somebody has written other text meanwhile, that was folded by its writer.
    let write = format!("update {table} set {folded} = $1 where id = $2 and {original} = $3");
    let mut after = DbId(Uuid::nil());
    loop {
        let rows: Vec<StoredText> = diesel::sql_query(&read).bind::<Id, _>(after).load(conn)?;
        for row in &rows {
            let right = fold(&row.original);
            if right != row.folded {
                let write = diesel::sql_query(&write).bind::<Text, _>(right).bind::<Id, _>(row.id);
                write.bind::<Text, _>(&row.original).execute(conn)?;
            }
        }
        match rows.last() {
            Some(last) if rows.len() == AT_ONCE => after = last.id,
            _ => return Ok(()),
        }
    }
}
