drop index receipts_by_time;
