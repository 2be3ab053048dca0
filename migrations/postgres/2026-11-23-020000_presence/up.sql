-- Who is where. What a node's connections hold has its node and no end: it counts while the node has its lease. A plain
-- look has an end and no node (the nil UUID), for a primary key takes no null.
drop table user_presence;
create table user_presence (
  subject_kind text not null,
  subject_id uuid not null,
  user_id uuid not null,
  node_id uuid not null,
  user_name text not null,
  since timestamptz not null,
  idle boolean not null,
  expires_at timestamptz,
  revision bigint not null,
  primary key (subject_kind, subject_id, user_id, node_id)
);
create index user_presence_by_revision on user_presence (revision);
create index user_presence_by_expiry on user_presence (expires_at);
create index user_presence_by_node on user_presence (node_id);

-- Who has gone, for a minute, so that every node learns of it.
create table presence_ended (
  subject_kind text not null,
  subject_id uuid not null,
  user_id uuid not null,
  node_id uuid not null,
  ended_at timestamptz not null,
  revision bigint not null,
  primary key (subject_kind, subject_id, user_id, node_id)
);
create index presence_ended_by_revision on presence_ended (revision);
create index presence_ended_by_time on presence_ended (ended_at);

create table presence_choices (
  user_id uuid primary key,
  state text not null,
  status_message text,
  revision bigint not null
);
create index presence_choices_by_revision on presence_choices (revision);

create table presence_leases (
  node_id uuid primary key,
  expires_at timestamptz not null
);

-- The counter that every write of presence draws from: its row is locked until the writer commits, so that no revision
-- is seen before a lower one.
create table presence_head (
  id integer primary key check (id = 1),
  revision bigint not null
);
insert into presence_head (id, revision) values (1, 0);
