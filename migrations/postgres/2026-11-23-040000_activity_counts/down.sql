drop table activity_counts;
