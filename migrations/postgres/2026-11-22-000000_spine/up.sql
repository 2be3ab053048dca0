create table episodes (
  id uuid primary key,
  season_number integer,
  episode_number integer not null,
  title text not null,
  title_folded text collate "C" not null,
  description text not null,
  status text collate "C" not null,
  air_date date,
  categories jsonb not null,
  director text,
  writer text,
  duration_minutes integer,
  rating double precision,
  genre text,
  thumbnail_url text,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  deleted_at timestamptz,
  version bigint not null
);
create index episodes_by_created_at on episodes (created_at, id) where deleted_at is null;
create index episodes_by_updated_at on episodes (updated_at, id) where deleted_at is null;
create index episodes_by_title on episodes (title_folded, id) where deleted_at is null;
create index episodes_by_number on episodes (episode_number, id) where deleted_at is null;
create index episodes_by_air_date on episodes (air_date, id) where deleted_at is null;
create index episodes_by_status on episodes (status, id) where deleted_at is null;

create table users (
  id uuid primary key,
  email text not null unique,
  name text not null,
  role text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null
);

create table signing_keys (
  kid text primary key,
  public_key text not null,
  created_at timestamptz not null
);

-- The log. `log_head` is a row of its own, so that numbering goes on after retention has emptied the log.
create table events (
  seq bigint primary key,
  id uuid not null,
  name text not null,
  data text not null,
  created_at timestamptz not null,
  actor_id uuid,
  actor_name text not null,
  actor_email text,
  ip text,
  user_agent text,
  request_id text,
  subject_kind text not null,
  subject_id uuid not null,
  audience text not null
);

-- What was committed and has no number yet. Every event is inserted here last in its transaction; whoever holds the
-- numbering lock moves what it sees to `events`, in the order of `outbox_id`.
create table outbox (
  outbox_id bigserial primary key,
  id uuid not null,
  name text not null,
  data text not null,
  created_at timestamptz not null,
  actor_id uuid,
  actor_name text not null,
  actor_email text,
  ip text,
  user_agent text,
  request_id text,
  subject_kind text not null,
  subject_id uuid not null,
  audience text not null
);

create table log_head (
  id integer primary key check (id = 1),
  seq bigint not null,
  first bigint not null
);
insert into log_head (id, seq, first) values (1, 0, 1);

create table reader_cursors (
  reader text primary key,
  seq bigint not null
);
insert into reader_cursors (reader, seq) values ('activity', 0), ('notification', 0);

create table parked_events (
  reader text not null,
  seq bigint not null,
  reason text not null,
  primary key (reader, seq)
);

create table receipts (
  scope text primary key,
  fingerprint text not null,
  created boolean not null,
  record text not null,
  created_at timestamptz not null
);

create table activities (
  id uuid primary key,
  seq bigint not null,
  user_id uuid,
  user_name text not null,
  action text not null,
  resource_type text not null,
  resource_id uuid not null,
  resource_name text not null,
  resource_name_folded text not null,
  metadata jsonb not null,
  ip text,
  user_agent text,
  request_id text,
  created_at timestamptz not null
);
create index activities_by_time on activities (created_at, seq);
create index activities_by_user on activities (user_id, created_at, seq);
create index activities_by_action on activities (action, created_at, seq);
create index activities_by_resource on activities (resource_id, created_at, seq);

create table notifications (
  id uuid primary key,
  user_id uuid not null,
  seq bigint not null,
  kind text not null,
  event text not null,
  title text not null,
  message text not null,
  priority text not null,
  data jsonb not null,
  read_at timestamptz,
  expires_at timestamptz,
  created_at timestamptz not null
);
create index notifications_by_user on notifications (user_id, seq, id);
create index notifications_unread on notifications (user_id, seq, id) where read_at is null;

create table user_presence (
  subject_kind text not null,
  subject_id uuid not null,
  user_id uuid not null,
  user_name text not null,
  since timestamptz not null,
  expires_at timestamptz not null,
  primary key (subject_kind, subject_id, user_id)
);
create index user_presence_by_expiry on user_presence (expires_at);
