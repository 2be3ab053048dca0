-- A key that was replaced verifies until its last token has expired; a revoked one verifies nothing from then on.
alter table signing_keys add column verifies_until integer;
alter table signing_keys add column revoked_at integer;

-- Single tokens that are not accepted any more, until they would have expired.
create table revoked_tokens (
  id text primary key not null,
  expires_at integer not null
) strict, without rowid;
create index revoked_tokens_by_expiry on revoked_tokens (expires_at);
