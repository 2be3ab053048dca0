-- `due_at` is when somebody should take the job in hand; `ready` says that this time was seen to have come. So that claiming
-- never passes over jobs whose time lies ahead, however urgent they are, it takes from those that are ready alone.
create table jobs (
  id uuid primary key,
  job_type text collate "C" not null,
  status text not null,
  payload text not null,
  results text,
  progress integer not null,
  progress_message text,
  progress_revision bigint,
  priority integer not null,
  retry_count bigint not null,
  max_retries integer not null,
  error_message text,
  episode_id uuid,
  show_id uuid,
  created_by uuid,
  granted text,
  unique_key text,
  run_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  next_retry_at timestamptz,
  attempt bigint not null,
  worker text,
  receipt_handle uuid,
  lease_expires_at timestamptz,
  due_at timestamptz,
  ready boolean not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null
);
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
  job_id uuid not null references jobs (id) on delete cascade,
  attempt bigint not null,
  worker text,
  outcome text not null,
  error text,
  started_at timestamptz not null,
  ended_at timestamptz not null,
  primary key (job_id, attempt)
);

create table job_progress_head (
  id integer primary key check (id = 1),
  revision bigint not null
);
insert into job_progress_head (id, revision) values (1, 0);

alter table events add column owner_id uuid;
alter table outbox add column owner_id uuid;
