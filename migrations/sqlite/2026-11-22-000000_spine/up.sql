create table episodes (
  id text primary key not null,
  season_number integer,
  episode_number integer not null,
  title text not null,
  title_folded text not null,
  description text not null,
  status text not null,
  air_date text,
  categories text not null,
  director text,
  writer text,
  duration_minutes integer,
  rating real,
  genre text,
  thumbnail_url text,
  created_at integer not null,
  updated_at integer not null,
  deleted_at integer,
  version integer not null
) strict;
create index episodes_by_created_at on episodes (created_at, id) where deleted_at is null;
create index episodes_by_updated_at on episodes (updated_at, id) where deleted_at is null;
create index episodes_by_title on episodes (title_folded, id) where deleted_at is null;
create index episodes_by_number on episodes (episode_number, id) where deleted_at is null;
create index episodes_by_air_date on episodes (air_date, id) where deleted_at is null;
create index episodes_by_status on episodes (status, id) where deleted_at is null;

create table users (
  id text primary key not null,
  email text not null unique,
  name text not null,
  role text not null,
  created_at integer not null,
  updated_at integer not null,
  version integer not null
) strict;

create table signing_keys (
  kid text primary key not null,
  public_key text not null,
  created_at integer not null
) strict, without rowid;

-- The log. `log_head` is a row of its own, so that numbering goes on after retention has emptied the log.
create table events (
  seq integer primary key not null,
  id text not null,
  name text not null,
  data text not null,
  created_at integer not null,
  actor_id text,
  actor_name text not null,
  actor_email text,
  ip text,
  user_agent text,
  request_id text,
  subject_kind text not null,
  subject_id text not null,
  audience text not null
) strict;

create table log_head (
  id integer primary key not null check (id = 1),
  seq integer not null,
  first integer not null
) strict;
insert into log_head (id, seq, first) values (1, 0, 1);

create table reader_cursors (
  reader text primary key not null,
  seq integer not null
) strict, without rowid;
insert into reader_cursors (reader, seq) values ('activity', 0), ('notification', 0);

create table parked_events (
  reader text not null,
  seq integer not null,
  reason text not null,
  primary key (reader, seq)
) strict, without rowid;

create table receipts (
  scope text primary key not null,
  fingerprint text not null,
  created integer not null,
  record text not null,
  created_at integer not null
) strict, without rowid;

create table activities (
  id text primary key not null,
  seq integer not null,
  user_id text,
  user_name text not null,
  action text not null,
  resource_type text not null,
  resource_id text not null,
  resource_name text not null,
  resource_name_folded text not null,
  metadata text not null,
  ip text,
  user_agent text,
  request_id text,
  created_at integer not null
) strict;
create index activities_by_time on activities (created_at, seq);
create index activities_by_user on activities (user_id, created_at, seq);
create index activities_by_action on activities (action, created_at, seq);
create index activities_by_resource on activities (resource_id, created_at, seq);

create table notifications (
  id text primary key not null,
  user_id text not null,
  seq integer not null,
  kind text not null,
  event text not null,
  title text not null,
  message text not null,
  priority text not null,
  data text not null,
  read_at integer,
  expires_at integer,
  created_at integer not null
) strict;
create index notifications_by_user on notifications (user_id, seq, id);
create index notifications_unread on notifications (user_id, seq, id) where read_at is null;

create table user_presence (
  subject_kind text not null,
  subject_id text not null,
  user_id text not null,
  user_name text not null,
  since integer not null,
  expires_at integer not null,
  primary key (subject_kind, subject_id, user_id)
) strict, without rowid;
create index user_presence_by_expiry on user_presence (expires_at);
