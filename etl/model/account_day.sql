-- What an account did on a local day, how often it logged in, and how soon after its first login it read or did anything. Viewing, logging out and a
-- login that failed are no use of the system; signing is processing too. Events of accounts that the source does not know are left out (a check warns of
-- them, `row_place` tells them apart).
SELECT
    day.account_key,
    day.day_on,
    day.has_logged_in,
    day.has_processed,
    day.has_signed,
    day.login_count,
    CASE WHEN day.first_action_at >= day.first_login_at THEN CAST(floor(epoch(day.first_action_at) - epoch(day.first_login_at)) AS INTEGER) END
        AS seconds_to_action
FROM (
    SELECT
        event.account_key,
        event.occurred_on AS day_on,
        bool_or(event.kind = 'login') AS has_logged_in,
        bool_or(event.kind IN ('process', 'issue', 'sign')) AS has_processed,
        bool_or(event.kind = 'sign') AS has_signed,
        count(*) FILTER (WHERE event.kind = 'login') AS login_count,
        min(CASE WHEN event.kind = 'login' THEN event.occurred_at END) AS first_login_at,
        min(CASE WHEN event.kind <> 'login' THEN event.occurred_at END) AS first_action_at
    FROM input.access_event event
    WHERE event.kind IN ('login', 'view', 'process', 'issue', 'sign')
        AND event.account_key IN (SELECT account_key FROM core.account)
    GROUP BY event.account_key, event.occurred_on
) AS day
WHERE day.has_logged_in OR day.has_processed
