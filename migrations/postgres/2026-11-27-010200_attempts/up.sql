-- Attempts to prove who one is, by address and by where they come from; `*` counts those of all strangers together.
-- `failed_logins`, which knew addresses alone, is left to servers of the last version that still run.
create table sign_in_attempts (
  email text not null,
  source text not null,
  failures integer not null,
  failed_at timestamptz not null,
  succeeded_at timestamptz,
  primary key (email, source)
);
create index sign_in_attempts_by_failure on sign_in_attempts (failed_at);
