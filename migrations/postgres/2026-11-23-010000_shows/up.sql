create table shows (
  id uuid primary key,
  name text not null,
  name_folded text collate "C" not null,
  slug text not null constraint shows_slug unique,
  description text not null,
  status text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null
);
create index shows_by_created_at on shows (created_at, id);
create index shows_by_updated_at on shows (updated_at, id);
create index shows_by_name on shows (name_folded, id);

create table show_members (
  show_id uuid not null references shows (id) on delete cascade,
  user_id uuid not null references users (id) on delete cascade,
  role text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null,
  primary key (show_id, user_id)
);
create index show_members_by_user on show_members (user_id, show_id);

-- A deleted episode remembers its show and does not hold it: only `live_show_id` refers to one.
alter table episodes add column show_id uuid;
alter table episodes add column live_show_id uuid
  generated always as (case when deleted_at is null then show_id end) stored references shows (id);
create unique index episodes_by_place on episodes (live_show_id, coalesce(season_number, -1), episode_number)
  where live_show_id is not null;
create index episodes_of_show_by_created_at on episodes (live_show_id, created_at, id) where live_show_id is not null;
create index episodes_of_show_by_updated_at on episodes (live_show_id, updated_at, id) where live_show_id is not null;
create index episodes_of_show_by_title on episodes (live_show_id, title_folded, id) where live_show_id is not null;
create index episodes_of_show_by_number on episodes (live_show_id, episode_number, id) where live_show_id is not null;
create index episodes_of_show_by_air_date on episodes (live_show_id, air_date, id) where live_show_id is not null;
create index episodes_of_show_by_status on episodes (live_show_id, status, id) where live_show_id is not null;

alter table events add column show_id uuid;
alter table outbox add column show_id uuid;
