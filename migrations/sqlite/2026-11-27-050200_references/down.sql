drop index episodes_deleted_of_show;
drop index compositions_by_template;
drop index composition_outputs_by_file;
drop table file_uses;
