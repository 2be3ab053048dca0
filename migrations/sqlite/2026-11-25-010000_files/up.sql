-- Bytes that are in use, each once. A blob that is not here belongs to nobody: sweeping removes it.
create table blobs (
  key text primary key not null,
  sha256 text not null constraint blobs_sha256 unique,
  size integer not null
) strict, without rowid;

create table files (
  id text primary key not null,
  name text not null,
  name_folded text not null,
  file_type text not null,
  content_type text not null,
  size integer not null,
  sha256 text not null,
  episode_id text,
  show_id text,
  blob_key text not null references blobs (key),
  created_by text,
  created_at integer not null,
  version integer not null
) strict;
create index files_by_created_at on files (created_at, id);
create index files_by_type on files (file_type, created_at, id);
create index files_of_episode on files (episode_id, created_at, id) where episode_id is not null;
create index files_by_blob on files (blob_key);
