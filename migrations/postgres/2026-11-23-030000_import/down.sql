alter table outbox drop column imported;
alter table events drop column imported;
