-- How many activities there were, by day (UTC), action, kind of record and user; the system itself has the nil id.
create table activity_counts (
  day text not null,
  action text not null,
  resource_type text not null,
  user_id text not null,
  user_name text not null,
  count integer not null,
  primary key (day, action, resource_type, user_id)
) strict, without rowid;

insert into activity_counts
  select date(created_at / 1000000, 'unixepoch'), action, resource_type,
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'), max(user_name), count(*)
  from activities group by 1, 2, 3, 4;
