-- One row per delivery that arrived in the period, at its receiver.
SELECT
    span.period_no,
    delivery.receiver_code AS unit_code,
    delivery.arrived_on AS tree_on,
    delivery.document_key AS row_key,
    delivery.is_internal,
    delivery.is_from_axis,
    delivery.is_recalled
FROM span
INNER JOIN delivery
    ON {in span delivery.arrived_on}
{scope delivery.receiver_code delivery.arrived_on}
