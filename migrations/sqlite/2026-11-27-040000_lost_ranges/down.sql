drop table lost_ranges;
