-- What an account did on a local day. Viewing, logging out and a login that failed are no use of the system;
-- signing is processing too. Events of accounts that the source does not know are left out (a check warns of them).
SELECT
    event.account_key,
    event.occurred_on AS day_on,
    bool_or(event.kind = 'login') AS has_logged_in,
    bool_or(event.kind IN ('process', 'issue', 'sign')) AS has_processed,
    bool_or(event.kind = 'sign') AS has_signed
FROM input.access_event event
WHERE event.kind IN ('login', 'process', 'issue', 'sign')
    AND event.account_key IN (SELECT account_key FROM core.account)
GROUP BY event.account_key, event.occurred_on
