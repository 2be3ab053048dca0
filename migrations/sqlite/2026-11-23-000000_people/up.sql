create index users_by_role on users (role, id);

-- What is kept of passwords, apart from the records that are shown.
create table passwords (
  user_id text primary key not null references users (id) on delete cascade,
  hash text not null
) strict, without rowid;

create table set_up_links (
  user_id text primary key not null references users (id) on delete cascade,
  digest text not null unique,
  expires_at integer not null
) strict, without rowid;

create table sessions (
  id text primary key not null,
  user_id text not null references users (id) on delete cascade,
  refresh_digest text not null,
  created_at integer not null,
  expires_at integer not null
) strict, without rowid;
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

-- Failures in a row by address, also of addresses that are nobody's.
create table failed_logins (
  email text primary key not null,
  failures integer not null,
  expires_at integer not null
) strict, without rowid;
create index failed_logins_by_expiry on failed_logins (expires_at);
