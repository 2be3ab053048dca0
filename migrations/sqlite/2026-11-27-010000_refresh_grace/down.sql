alter table sessions drop column rotated_at;
alter table sessions drop column successor_salt;
alter table sessions drop column predecessor_digest;
