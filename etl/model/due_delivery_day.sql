-- How many deliveries were due at a unit on a day, by the day of arrival (which tells the unit's place in the tree).
-- Whether an open one is late depends on the cut-off, so it is told later.
SELECT
    due_on,
    receiver_code,
    arrived_on,
    is_recalled,
    completed_on IS NOT NULL AS is_completed,
    (completed_on IS NOT NULL AND completed_on <= due_on) AS is_on_time,
    count(*) AS row_count
FROM input.due_delivery
WHERE due_on IS NOT NULL
GROUP BY ALL
