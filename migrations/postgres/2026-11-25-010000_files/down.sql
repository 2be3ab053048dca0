drop table files;
drop table blobs;
