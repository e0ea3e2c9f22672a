-- The rows of delivery.sql, those of one unit, day and combination of facts together, with their number.
SELECT
    period_day.period_no,
    delivery_day.receiver_code AS unit_code,
    period_day.tree_on,
    delivery_day.is_internal,
    delivery_day.is_from_axis,
    delivery_day.is_recalled,
    delivery_day.row_count
FROM period_day
INNER JOIN delivery_day
    ON delivery_day.arrived_on = period_day.day_on
{scope delivery_day.receiver_code period_day.tree_on}
