-- The rows of due_delivery.sql, those of one unit, due date, day of arrival and combination of facts together, with their number.
SELECT
    span.period_no,
    due_delivery_day.receiver_code AS unit_code,
    due_delivery_day.arrived_on AS tree_on,
    due_delivery_day.is_recalled,
    (due_delivery_day.is_completed OR due_delivery_day.due_on < cutoff.cutoff_on) AS is_settled,
    due_delivery_day.is_on_time,
    due_delivery_day.row_count
FROM span
INNER JOIN due_delivery_day
    ON {in span due_delivery_day.due_on}
CROSS JOIN cutoff
{scope due_delivery_day.receiver_code due_delivery_day.arrived_on}
