-- The exchange that made the refresh token that counts now: for a moment its predecessor gets the same one again.
alter table sessions add column predecessor_digest text;
alter table sessions add column successor_salt text;
alter table sessions add column rotated_at integer;
