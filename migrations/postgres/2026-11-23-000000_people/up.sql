create index users_by_role on users (role, id);

-- What is kept of passwords, apart from the records that are shown.
create table passwords (
  user_id uuid primary key references users (id) on delete cascade,
  hash text not null
);

create table set_up_links (
  user_id uuid primary key references users (id) on delete cascade,
  digest text not null unique,
  expires_at timestamptz not null
);

create table sessions (
  id uuid primary key,
  user_id uuid not null references users (id) on delete cascade,
  refresh_digest text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index sessions_by_user on sessions (user_id);
create index sessions_by_expiry on sessions (expires_at);

-- Failures in a row by address, also of addresses that are nobody's.
create table failed_logins (
  email text primary key,
  failures integer not null,
  expires_at timestamptz not null
);
create index failed_logins_by_expiry on failed_logins (expires_at);
