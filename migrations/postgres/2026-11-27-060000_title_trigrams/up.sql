-- Episodes are found by a part of their titles through its trigrams. The extension comes with every server's contrib modules, and
-- may be created by whoever may create in the database (Postgres 13 and later). Where it is not to be had the text is
-- searched for without an index: slower, within the time that a scan has.
do $$ begin
  create extension if not exists pg_trgm;
  create index episode_title_trigrams on episodes using gin (title_folded gin_trgm_ops);
exception when others then
  raise notice 'no index of trigrams: %', sqlerrm;
end $$;
