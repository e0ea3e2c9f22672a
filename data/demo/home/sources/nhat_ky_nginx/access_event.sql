-- `event` holds what the rules made of the log: account_key, occurred_at and kind, nothing else.
-- Bring account_key to the spelling of your account table here, e.g. lower(regexp_replace(account_key, '^.*\\', '')) to take off a domain.
SELECT account_key, occurred_at, kind
FROM event
