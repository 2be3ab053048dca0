drop table revoked_tokens;
alter table signing_keys drop column revoked_at;
alter table signing_keys drop column verifies_until;
