-- A key that was replaced verifies until its last token has expired; a revoked one verifies nothing from then on.
alter table signing_keys add column verifies_until timestamptz;
alter table signing_keys add column revoked_at timestamptz;

-- Single tokens that are not accepted any more, until they would have expired.
create table revoked_tokens (
  id uuid primary key,
  expires_at timestamptz not null
);
create index revoked_tokens_by_expiry on revoked_tokens (expires_at);
