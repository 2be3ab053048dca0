-- What people want to be told of: their channels and muted events, and the records that they follow.
create table notification_preferences (
  user_id uuid primary key references users (id) on delete cascade,
  settings jsonb not null,
  updated_at timestamptz not null
);

create table follows (
  user_id uuid not null references users (id) on delete cascade,
  record_id uuid not null,
  record_kind text not null,
  primary key (user_id, record_id)
);
create index follows_by_record on follows (record_id, user_id);
