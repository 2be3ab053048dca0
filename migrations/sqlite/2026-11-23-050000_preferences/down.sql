drop table follows;
drop table notification_preferences;
