alter table events drop column imported;
