-- An entry of the feed is for those who may learn of its event. What a release writes that does not say for whom is for
-- administrators alone; the rows that are there are for all but the few that are told apart.
alter table activities add column audience text not null default 'readers';
update activities set audience = coalesce((select audience from events where events.seq = activities.seq), 'admins')
  where resource_type = 'user' or seq in (select seq from events where audience <> 'readers');
alter table activities alter column audience set default 'admins';

-- Whoever may see only some of the feed finds a page of it without passing over the rest.
drop index activities_by_user;
drop index activities_by_action;
drop index activities_by_resource;
create index activities_by_audience on activities (audience, created_at, seq);
create index activities_by_user on activities (user_id, audience, created_at, seq);
create index activities_by_action on activities (action, audience, created_at, seq);
create index activities_by_resource on activities (resource_id, audience, created_at, seq);

-- How many activities there were, by day (UTC), audience, action, kind of record and user. `activity_counts` stays for nodes of
-- the release before, which knew no audience; whatever was done to accounts was for administrators then.
create table activity_tallies (
  day date not null,
  audience text not null,
  action text not null,
  resource_type text not null,
  user_id uuid not null,
  user_name text not null,
  count bigint not null,
  primary key (day, audience, action, resource_type, user_id)
);

insert into activity_tallies
  select day, case resource_type when 'user' then 'admins' else 'readers' end, action, resource_type, user_id, user_name, count
  from activity_counts;
