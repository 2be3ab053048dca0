drop table composition_outputs;
drop table composition_versions;
drop table compositions;
drop table templates;
