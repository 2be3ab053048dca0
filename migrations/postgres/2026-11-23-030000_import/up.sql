-- Null unless the event is part of an import; then 0, or for the last one how many episodes it has created.
alter table events add column imported bigint;
alter table outbox add column imported bigint;
