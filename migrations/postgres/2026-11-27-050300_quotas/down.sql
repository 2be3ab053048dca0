drop index schedules_by_user;
drop index jobs_live_by_user;
drop table log_usage;
