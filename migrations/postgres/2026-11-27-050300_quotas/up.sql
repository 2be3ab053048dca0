-- How many bytes of event data each user has written into the log on a day (UTC), as far as nodes have told.
create table log_usage (
  day date not null,
  user_id uuid not null,
  bytes bigint not null,
  primary key (day, user_id)
);

-- What a user has, to count no further than one may have.
create index jobs_live_by_user on jobs (created_by) where status in ('pending', 'processing');
create index schedules_by_user on schedules (created_by);
