-- What an account did on a local day, and how often it logged in. Viewing, logging out and a login that failed are no use of the system;
-- signing is processing too. Events of accounts that the source does not know are left out (a check warns of them, `row_place` tells them apart).
SELECT
    event.account_key,
    event.occurred_on AS day_on,
    bool_or(event.kind = 'login') AS has_logged_in,
    bool_or(event.kind IN ('process', 'issue', 'sign')) AS has_processed,
    bool_or(event.kind = 'sign') AS has_signed,
    count(*) FILTER (WHERE event.kind = 'login') AS login_count
FROM input.access_event event
WHERE event.kind IN ('login', 'process', 'issue', 'sign')
    AND event.account_key IN (SELECT account_key FROM core.account)
GROUP BY event.account_key, event.occurred_on
