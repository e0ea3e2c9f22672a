-- The rows of document.sql, those of one unit, day and combination of facts together, with their number.
SELECT
    span.period_no,
    document_day.unit_code,
    span.tree_on,
    document_day.is_electronic,
    document_day.is_parallel,
    document_day.is_paper,
    document_day.is_organ_signed,
    document_day.is_signer_signed,
    document_day.is_recalled,
    document_day.is_sent_internally,
    document_day.is_sent_by_axis,
    document_day.is_axis_acknowledged,
    document_day.row_count
FROM span
INNER JOIN document_day
    ON {in span document_day.issued_on}
{scope document_day.unit_code span.tree_on}
