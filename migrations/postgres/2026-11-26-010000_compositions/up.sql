create table templates (
  id uuid primary key,
  name text not null,
  description text not null,
  layers text not null,
  created_by uuid,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  version bigint not null
);
create index templates_by_created_at on templates (created_at, id);

create table compositions (
  id uuid primary key,
  name text not null,
  name_folded text collate "C" not null,
  episode_id uuid,
  show_id uuid,
  template_id uuid not null,
  formats text not null,
  layers text not null,
  approval text not null,
  rejection_reason text,
  is_primary boolean not null,
  created_by uuid,
  created_at timestamptz not null,
  updated_by uuid,
  updated_at timestamptz not null,
  version bigint not null
);
create index compositions_by_created_at on compositions (created_at, id);
create index compositions_by_approval on compositions (approval, created_at, id);
create index compositions_of_episode on compositions (episode_id, created_at, id) where episode_id is not null;
create unique index compositions_primary on compositions (episode_id) where is_primary;

-- What a composition was in each of its versions: these rows never change.
create table composition_versions (
  composition_id uuid not null references compositions (id) on delete cascade,
  version bigint not null,
  changed_fields text not null,
  name text not null,
  episode_id uuid,
  template_id uuid not null,
  formats text not null,
  layers text not null,
  created_by uuid,
  created_at timestamptz not null,
  primary key (composition_id, version)
);

-- `key` is the digest of all that decides the bytes: an equal picture is found by it.
create table composition_outputs (
  composition_id uuid not null references compositions (id) on delete cascade,
  format text not null,
  encoding text not null,
  job_id uuid not null,
  file_id uuid,
  bytes bigint,
  sha256 text,
  composition_version bigint,
  rendered_at timestamptz,
  key text,
  primary key (composition_id, format, encoding)
);
create index composition_outputs_by_key on composition_outputs (key) where key is not null;
