-- Places of the log that no event will ever have, because a store restored from a backup goes on behind them.
create table lost_ranges (
  first integer primary key not null,
  last integer not null,
  created_at integer not null
) strict;
