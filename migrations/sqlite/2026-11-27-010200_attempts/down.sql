drop table sign_in_attempts;
