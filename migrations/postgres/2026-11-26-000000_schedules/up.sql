-- `next_run_at` is null while a schedule is not enabled. Firing one moves it on, from exactly the time that was due.
create table schedules (
  id uuid primary key,
  name text not null,
  cron text not null,
  time_zone text not null,
  job_type text not null,
  payload text not null,
  priority integer not null,
  max_retries integer not null,
  enabled boolean not null,
  next_run_at timestamptz,
  last_run_at timestamptz,
  created_by uuid,
  granted text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null
);
create index schedules_by_created_at on schedules (created_at, id);
create index schedules_due on schedules (next_run_at) where next_run_at is not null;
