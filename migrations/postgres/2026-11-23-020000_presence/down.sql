drop table presence_head;
drop table presence_leases;
drop table presence_choices;
drop table presence_ended;
drop table user_presence;
create table user_presence (
  subject_kind text not null,
  subject_id uuid not null,
  user_id uuid not null,
  user_name text not null,
  since timestamptz not null,
  expires_at timestamptz not null,
  primary key (subject_kind, subject_id, user_id)
);
create index user_presence_by_expiry on user_presence (expires_at);
