create table templates (
  id text primary key not null,
  name text not null,
  description text not null,
  layers text not null,
  created_by text,
  created_at integer not null,
  updated_at integer not null,
  version integer not null
) strict;
create index templates_by_created_at on templates (created_at, id);

create table compositions (
  id text primary key not null,
  name text not null,
  name_folded text not null,
  episode_id text,
  show_id text,
  template_id text not null,
  formats text not null,
  layers text not null,
  approval text not null,
  rejection_reason text,
  is_primary integer not null,
  created_by text,
  created_at integer not null,
  updated_by text,
  updated_at integer not null,
  version integer not null
) strict;
create index compositions_by_created_at on compositions (created_at, id);
create index compositions_by_approval on compositions (approval, created_at, id);
create index compositions_of_episode on compositions (episode_id, created_at, id) where episode_id is not null;
create unique index compositions_primary on compositions (episode_id) where is_primary;

-- What a composition was in each of its versions: these rows never change.
create table composition_versions (
  composition_id text not null references compositions (id) on delete cascade,
  version integer not null,
  changed_fields text not null,
  name text not null,
  episode_id text,
  template_id text not null,
  formats text not null,
  layers text not null,
  created_by text,
  created_at integer not null,
  primary key (composition_id, version)
) strict;

-- `key` is the digest of all that decides the bytes: an equal picture is found by it.
create table composition_outputs (
  composition_id text not null references compositions (id) on delete cascade,
  format text not null,
  encoding text not null,
  job_id text not null,
  file_id text,
  bytes integer,
  sha256 text,
  composition_version integer,
  rendered_at integer,
  key text,
  primary key (composition_id, format, encoding)
) strict;
create index composition_outputs_by_key on composition_outputs (key) where key is not null;
