-- One row per delivery that had arrived by the last day of the period and was not completed by then, at its receiver.
-- The tree is looked up on the day of arrival, as for due deliveries. Overdue: the due date has passed on the last day, as at the cut-off.
SELECT
    period.period_no,
    delivery.receiver_code AS unit_code,
    delivery.arrived_on AS tree_on,
    delivery.document_key AS row_key,
    delivery.is_recalled,
    (delivery.due_on IS NOT NULL) AS has_due_date,
    (delivery.due_on IS NOT NULL AND delivery.due_on < period.to_on) AS is_overdue
FROM period
INNER JOIN delivery
    ON delivery.arrived_on <= period.to_on
    AND (delivery.completed_on IS NULL OR delivery.completed_on > period.to_on)
