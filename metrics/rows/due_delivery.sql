-- One row per delivery with a due date, at its receiver, on the due date.
-- The tree is looked up on the day of arrival: the receiver may have ended before the due date.
-- Settled: the due date has passed at the cut-off, whether or not it is completed: what is due later and already done would stand alone there,
-- since what is due later and still open can be neither on time nor late.
SELECT
    delivery.due_on AS day_on,
    delivery.receiver_code AS unit_code,
    delivery.arrived_on,
    delivery.document_key AS row_key,
    delivery.is_recalled,
    (delivery.due_on < cutoff.cutoff_on) AS is_settled,
    delivery.completed_on IS NOT NULL AS is_completed,
    (delivery.completed_on IS NOT NULL AND delivery.completed_on <= delivery.due_on) AS is_on_time
FROM delivery
CROSS JOIN cutoff
