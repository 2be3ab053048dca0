//! What a store would lose if its last migration were reverted.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::result::Error as QueryError;
use diesel::sql_types::{BigInt, Text};

use super::super::{COLUMNS, MIGRATIONS};
use super::Conn;
use crate::failure::Failure;
use crate::migrations::revert_last;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    in_table: String,
    #[diesel(sql_type = Text)]
    name: String,
}

/// A table's rows and the names of its columns.
#[derive(Default)]
struct Table {
    rows: i64,
    columns: BTreeSet<String>,
}

/// Reverts the last migration, compares and undoes that, in the transaction of the caller. A sentence for each table that
/// loses rows, and for each column that goes while rows have something in it.
pub(crate) fn losses(conn: &mut Conn) -> Result<Vec<String>, Failure> {
    let (before, mut after) = (tables(conn)?, BTreeMap::new());
    let reverted = conn.transaction(|conn| {
        revert_last(conn, MIGRATIONS)?;
        after = tables(conn)?;
        Err::<(), _>(Failure::Query(QueryError::RollbackTransaction))
    });
    match reverted {
        Ok(()) | Err(Failure::Query(QueryError::RollbackTransaction)) => {}
        Err(failure) => return Err(failure),
    }
    let mut losses = Vec::new();
    for (name, table) in &before {
        let Some(left) = after.get(name) else {
            losses.extend((table.rows > 0).then(|| format!("the table {name} with {} rows", table.rows)));
            continue;
        };
        let gone = table.rows - left.rows;
        losses.extend((gone > 0).then(|| format!("{gone} rows of the table {name}")));
        for column in table.columns.difference(&left.columns) {
            let rows = count(conn, &format!("select count(\"{column}\") as n from \"{name}\""))?;
            losses.extend((rows > 0).then(|| format!("the column {column} of {rows} rows of the table {name}")));
        }
    }
    Ok(losses)
}

fn tables(conn: &mut Conn) -> Result<BTreeMap<String, Table>, Failure> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for Column { in_table, name } in diesel::sql_query(COLUMNS).load(conn)? {
        tables.entry(in_table).or_default().columns.insert(name);
    }
    // It has a row for each migration, whatever they do.
    tables.remove("__diesel_schema_migrations");
    for (name, table) in &mut tables {
        table.rows = count(conn, &format!("select count(*) as n from \"{name}\""))?;
    }
    Ok(tables)
}

fn count(conn: &mut Conn, query: &str) -> Result<i64, Failure> {
    let Count { n } = diesel::sql_query(query).get_result(conn)?;
    Ok(n)
}
