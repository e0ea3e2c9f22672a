-- One row per unit that is there on the last day of the period, and whether any document went out or came in through the axis in the period.
SELECT
    period.period_no,
    period.to_on AS tree_on,
    org_unit.unit_code,
    org_unit.unit_code AS row_key,
    used.unit_code IS NOT NULL AS has_axis_traffic
FROM period
INNER JOIN org_unit
    ON org_unit.valid_from <= period.to_on
    AND org_unit.valid_to >= period.to_on
LEFT JOIN (
    SELECT
        period.period_no,
        axis_sending.unit_code
    FROM period
    INNER JOIN axis_sending
        ON axis_sending.sent_on >= period.from_on
        AND axis_sending.sent_on <= period.to_on
    WHERE NOT axis_sending.is_recalled
    UNION
    SELECT
        period.period_no,
        delivery_day.receiver_code AS unit_code
    FROM period
    INNER JOIN delivery_day
        ON delivery_day.arrived_on >= period.from_on
        AND delivery_day.arrived_on <= period.to_on
    WHERE delivery_day.is_from_axis
        AND NOT delivery_day.is_recalled
) AS used
    ON used.period_no = period.period_no
    AND used.unit_code = org_unit.unit_code
