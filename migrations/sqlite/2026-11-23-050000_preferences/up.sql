-- What people want to be told of: their channels and muted events, and the records that they follow.
create table notification_preferences (
  user_id text primary key not null references users (id) on delete cascade,
  settings text not null,
  updated_at integer not null
) strict, without rowid;

create table follows (
  user_id text not null references users (id) on delete cascade,
  record_id text not null,
  record_kind text not null,
  primary key (user_id, record_id)
) strict, without rowid;
create index follows_by_record on follows (record_id, user_id);
