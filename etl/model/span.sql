-- One row: the first day and the newest instant (and its day) that the data speak of.
-- Instants after the fetch are typing errors or plans, and say nothing of how fresh the data are. A list of accounts alone speaks of its fetch.
SELECT cutoff_at, CAST(timezone($time_zone, cutoff_at) AS DATE) AS cutoff_on, first_on
FROM (
    SELECT
        coalesce(max(spoken_at) FILTER (spoken_at <= CAST($fetched_at AS TIMESTAMPTZ)), CAST($fetched_at AS TIMESTAMPTZ)) AS cutoff_at,
        coalesce(min(day), (SELECT min(provisioned_on) FROM canonical.account)) AS first_on
    FROM (
        SELECT occurred_at AS spoken_at, NULL AS day FROM canonical.access_event
        UNION ALL SELECT NULL, occurred_on FROM canonical.event_day
        UNION ALL SELECT issued_at, issued_on FROM canonical.document
        UNION ALL SELECT sent_at, sent_on FROM canonical.delivery
        UNION ALL SELECT received_at, NULL FROM canonical.delivery
        UNION ALL SELECT completed_at, NULL FROM canonical.delivery
        UNION ALL SELECT "at", at_on FROM canonical.axis_message
    ) spoken
) reach
