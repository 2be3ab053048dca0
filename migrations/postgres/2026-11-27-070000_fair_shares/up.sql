-- Finds jobs that wait and are not of one user, however many of theirs wait.
create index jobs_ready_of_users on jobs (job_type, created_by, priority desc, due_at, id) where ready;
