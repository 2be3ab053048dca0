//! Three SQL types of our own, each a native column type on both stores, and the values that go with them.

use std::io::Write as _;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, SqlType, Text};
use diesel::sqlite::Sqlite;
use serde_json::Value;
use showrunner_domain::Timestamp;
use uuid::Uuid;

/// An identifier: hyphenated text on SQLite, `uuid` on Postgres.
#[derive(SqlType, QueryId)]
#[diesel(sqlite_type(name = "Text"), postgres_type(oid = 2950, array_oid = 2951))]
pub struct Id;

/// A point in time: microseconds since 1970 on SQLite, `timestamptz` on Postgres.
#[derive(SqlType, QueryId)]
#[diesel(sqlite_type(name = "Long"), postgres_type(oid = 1184, array_oid = 1185))]
pub struct Instant;

/// A JSON document, an array or an object: text on SQLite, `jsonb` on Postgres. What `jsonb` would refuse or change comes
/// back all the same: it stands there as text, in a JSON string.
#[derive(SqlType, QueryId)]
#[diesel(sqlite_type(name = "Text"), postgres_type(oid = 3802, array_oid = 3807))]
pub struct Json;

/// The value of an [`Id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Id)]
pub(crate) struct DbId(pub(crate) Uuid);

impl ToSql<Id, Sqlite> for DbId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.hyphenated().to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Sqlite> for DbId {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(Uuid::try_parse(&text)?))
    }
}

impl ToSql<Id, Pg> for DbId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Id, Pg> for DbId {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(value.as_bytes())?))
    }
}

/// The value of an [`Instant`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = Instant)]
pub(crate) struct DbInstant(pub(crate) Timestamp);

/// 2000-01-01T00:00:00Z, from where Postgres counts, in microseconds since 1970.
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

fn instant(micros: i64) -> deserialize::Result<DbInstant> {
    Ok(DbInstant(Timestamp::from_micros(micros).ok_or("a time beyond the calendar")?))
}

impl ToSql<Instant, Sqlite> for DbInstant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.micros());
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Sqlite> for DbInstant {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        instant(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?)
    }
}

impl ToSql<Instant, Pg> for DbInstant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.0.micros() - POSTGRES_EPOCH;
        out.write_all(&micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Instant, Pg> for DbInstant {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
        instant(micros.saturating_add(POSTGRES_EPOCH))
    }
}

/// The value of a [`Json`].
#[derive(Debug, Clone, PartialEq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Json)]
pub(crate) struct DbJson(pub(crate) Value);

impl ToSql<Json, Sqlite> for DbJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.to_string());
        Ok(IsNull::No)
    }
}

impl FromSql<Json, Sqlite> for DbJson {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(Self(serde_json::from_str(&text)?))
    }
}

/// The version byte that `jsonb` begins with in the binary format.
const JSONB_VERSION: u8 = 1;

impl ToSql<Json, Pg> for DbJson {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[JSONB_VERSION])?;
        if !self.0.is_string() && survives_jsonb(&self.0) {
            serde_json::to_writer(out, &self.0)?;
        } else {
            serde_json::to_writer(out, &self.0.to_string())?;
        }
        Ok(IsNull::No)
    }
}

impl FromSql<Json, Pg> for DbJson {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let [JSONB_VERSION, text @ ..] = value.as_bytes() else { return Err("an unknown version of jsonb".into()) };
        match serde_json::from_slice(text)? {
            Value::String(text) => Ok(Self(serde_json::from_str(&text)?)),
            document => Ok(Self(document)),
        }
    }
}

/// How many digits of a number are left to `numeric`, which holds many more.
const MAX_DIGITS: usize = 1_000;

/// Whether `jsonb` answers `value` as it was given: it refuses U+0000, and writes numbers in its own way.
fn survives_jsonb(value: &Value) -> bool {
    let plain = |text: &str| !text.contains('\0');
    match value {
        Value::Null | Value::Bool(_) => true,
        Value::Number(number) => {
            let digits = number.to_string();
            digits.len() <= MAX_DIGITS && !digits.starts_with("-0") && !digits.contains(['e', 'E'])
        }
        Value::String(text) => plain(text),
        Value::Array(items) => items.iter().all(survives_jsonb),
        Value::Object(members) => members.iter().all(|(name, value)| plain(name) && survives_jsonb(value)),
    }
}
