-- Each total that a unit declared on the dashboard and somebody else approved; drafts, what waits and what was returned stay out.
SELECT
    unit_code,
    subject AS metric_base,
    from_on,
    to_on,
    value,
    edited_by AS declared_by,
    edited_at AS declared_at,
    decided_by AS approved_by,
    remark AS source_note
FROM entry
WHERE kind = 'declared_total' AND state = 'approved'
