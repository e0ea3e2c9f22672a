-- The rows of delivery.sql, those of one unit, day and combination of facts together, with their number.
SELECT
    span.period_no,
    delivery_day.receiver_code AS unit_code,
    span.tree_on,
    delivery_day.is_internal,
    delivery_day.is_from_axis,
    delivery_day.is_recalled,
    delivery_day.row_count
FROM span
INNER JOIN delivery_day
    ON {in span delivery_day.arrived_on}
{scope delivery_day.receiver_code span.tree_on}
