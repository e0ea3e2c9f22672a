-- One row per delivery that arrived in the period, at its receiver.
SELECT
    period.period_no,
    delivery.receiver_code AS unit_code,
    delivery.arrived_on AS tree_on,
    delivery.document_key AS row_key,
    delivery.is_internal,
    delivery.is_from_axis,
    delivery.is_recalled
FROM period
INNER JOIN delivery
    ON delivery.arrived_on >= period.from_on
    AND delivery.arrived_on <= period.to_on
