-- `due_at` is when somebody should take the job in hand; `ready` says that this time was seen to have come. So that claiming
-- never passes over jobs whose time lies ahead, however urgent they are, it takes from those that are ready alone.
create table jobs (
  id text primary key not null,
  job_type text not null,
  status text not null,
  payload text not null,
  results text,
  progress integer not null,
  progress_message text,
  progress_revision integer,
  priority integer not null,
  retry_count integer not null,
  max_retries integer not null,
  error_message text,
  episode_id text,
  show_id text,
  created_by text,
  granted text,
  unique_key text,
  run_at integer not null,
  started_at integer,
  completed_at integer,
  next_retry_at integer,
  attempt integer not null,
  worker text,
  receipt_handle text,
  lease_expires_at integer,
  due_at integer,
  ready integer not null,
  created_at integer not null,
  updated_at integer not null,
  version integer not null
) strict;
create index jobs_by_created_at on jobs (created_at, id);
create index jobs_by_status on jobs (status, created_at, id);
create index jobs_by_type on jobs (job_type, created_at, id);
create index jobs_of_episode on jobs (episode_id, created_at, id) where episode_id is not null;
create index jobs_due on jobs (due_at) where not ready and due_at is not null;
create index jobs_ready on jobs (job_type, priority desc, due_at, id) where ready;
create index jobs_by_progress on jobs (progress_revision) where progress_revision is not null;
create unique index jobs_unique_key on jobs (job_type, unique_key)
  where unique_key is not null and status in ('pending', 'processing');

create table job_attempts (
  job_id text not null references jobs (id) on delete cascade,
  attempt integer not null,
  worker text,
  outcome text not null,
  error text,
  started_at integer not null,
  ended_at integer not null,
  primary key (job_id, attempt)
) strict, without rowid;

create table job_progress_head (
  id integer primary key not null check (id = 1),
  revision integer not null
) strict;
insert into job_progress_head (id, revision) values (1, 0);

alter table events add column owner_id text;
