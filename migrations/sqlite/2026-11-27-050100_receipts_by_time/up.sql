-- Receipts that have expired are removed, the oldest first.
create index receipts_by_time on receipts (created_at);
