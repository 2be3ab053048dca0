drop table failed_logins;
drop table sessions;
drop table set_up_links;
drop table passwords;
drop index users_by_role;
