drop table activity_tallies;
drop index activities_by_audience;
drop index activities_by_user;
drop index activities_by_action;
drop index activities_by_resource;
alter table activities drop column audience;
create index activities_by_user on activities (user_id, created_at, seq);
create index activities_by_action on activities (action, created_at, seq);
create index activities_by_resource on activities (resource_id, created_at, seq);
