-- One row per Monday to Friday of the span, with its rows of access_event and document.
WITH weekday AS (
    SELECT CAST(unnest(range(CAST(first_on AS TIMESTAMP), CAST(cutoff_on AS TIMESTAMP) + INTERVAL 1 DAY, INTERVAL 1 DAY)) AS DATE) AS day_on
    FROM canonical.span WHERE first_on <= cutoff_on
),
document AS (SELECT issued_on AS day_on, count(*) AS rows FROM canonical.document GROUP BY issued_on)
SELECT weekday.day_on, coalesce(event.rows, 0) AS events, coalesce(document.rows, 0) AS documents
FROM weekday LEFT JOIN canonical.event_day event ON event.occurred_on = weekday.day_on LEFT JOIN document USING (day_on)
WHERE isodow(weekday.day_on) <= 5
