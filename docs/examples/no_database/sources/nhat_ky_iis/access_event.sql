-- IIS writes COQUAN\an.nv where the export of accounts says an.nv.
SELECT lower(regexp_replace(account_key, '^.*\\', '')) AS account_key, occurred_at, kind
FROM event
