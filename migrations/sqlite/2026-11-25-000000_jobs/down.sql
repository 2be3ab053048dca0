alter table events drop column owner_id;
drop table job_progress_head;
drop table job_attempts;
drop table jobs;
