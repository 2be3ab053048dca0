drop index jobs_ready_of_users;
