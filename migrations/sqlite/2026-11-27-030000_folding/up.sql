-- By which rules folded text beside its original was folded. A start that knows later ones folds all of it again.
create table text_folding (
  rules integer not null
) strict;
insert into text_folding (rules) values (0);
