-- Which compositions and templates have a layer with a picture from a file, and which episodes show it.
create table file_uses (
  file_id text not null,
  user_kind text not null,
  user_id text not null,
  primary key (file_id, user_kind, user_id)
) strict, without rowid;

insert into file_uses (file_id, user_kind, user_id)
  select distinct files.id, 'composition', compositions.id from compositions, json_each(compositions.layers) as layer
    join files on files.id = json_extract(layer.value, '$.source.file_id');
insert into file_uses (file_id, user_kind, user_id)
  select distinct files.id, 'template', templates.id from templates, json_each(templates.layers) as layer
    join files on files.id = json_extract(layer.value, '$.source.file_id');
insert into file_uses (file_id, user_kind, user_id)
  select files.id, 'episode', episodes.id from episodes join files
    on files.id = substr(thumbnail_url, 15, 36) where thumbnail_url like '/api/v1/files/%/content%';

create index composition_outputs_by_file on composition_outputs (file_id) where file_id is not null;
create index compositions_by_template on compositions (template_id);
create index episodes_deleted_of_show on episodes (show_id) where deleted_at is not null;
