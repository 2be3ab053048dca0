-- `next_run_at` is null while a schedule is not enabled. Firing one moves it on, from exactly the time that was due.
create table schedules (
  id text primary key not null,
  name text not null,
  cron text not null,
  time_zone text not null,
  job_type text not null,
  payload text not null,
  priority integer not null,
  max_retries integer not null,
  enabled integer not null,
  next_run_at integer,
  last_run_at integer,
  created_by text,
  granted text not null,
  created_at integer not null,
  updated_at integer not null,
  version integer not null
) strict;
create index schedules_by_created_at on schedules (created_at, id);
create index schedules_due on schedules (next_run_at) where next_run_at is not null;
