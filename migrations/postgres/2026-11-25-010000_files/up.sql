-- Bytes that are in use, each once. A blob that is not here belongs to nobody: sweeping removes it.
create table blobs (
  key uuid primary key,
  sha256 text not null constraint blobs_sha256 unique,
  size bigint not null
);

create table files (
  id uuid primary key,
  name text not null,
  name_folded text collate "C" not null,
  file_type text not null,
  content_type text not null,
  size bigint not null,
  sha256 text not null,
  episode_id uuid,
  show_id uuid,
  blob_key uuid not null references blobs (key),
  created_by uuid,
  created_at timestamptz not null,
  version bigint not null
);
create index files_by_created_at on files (created_at, id);
create index files_by_type on files (file_type, created_at, id);
create index files_of_episode on files (episode_id, created_at, id) where episode_id is not null;
create index files_by_blob on files (blob_key);
