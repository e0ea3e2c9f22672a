-- The rows of due_delivery.sql, those of one unit, due date, day of arrival and combination of facts together, with their number.
SELECT
    due_delivery_day.due_on AS day_on,
    due_delivery_day.receiver_code AS unit_code,
    due_delivery_day.arrived_on,
    due_delivery_day.is_recalled,
    (due_delivery_day.due_on < cutoff.cutoff_on) AS is_settled,
    due_delivery_day.is_completed,
    due_delivery_day.is_on_time,
    due_delivery_day.row_count
FROM due_delivery_day
CROSS JOIN cutoff
