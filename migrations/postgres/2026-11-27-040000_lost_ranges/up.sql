-- Places of the log that no event will ever have, because a store restored from a backup goes on behind them.
create table lost_ranges (
  first bigint primary key,
  last bigint not null,
  created_at timestamptz not null
);
