alter table events drop column show_id;

drop index episodes_of_show_by_status;
drop index episodes_of_show_by_air_date;
drop index episodes_of_show_by_number;
drop index episodes_of_show_by_title;
drop index episodes_of_show_by_updated_at;
drop index episodes_of_show_by_created_at;
drop index episodes_by_place;
alter table episodes drop column live_show_id;
alter table episodes drop column show_id;

drop table show_members;
drop table shows;
