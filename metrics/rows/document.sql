-- One row per outgoing document issued in the period, at the unit that issued it.
SELECT
    span.period_no,
    document.unit_code,
    document.issued_on AS tree_on,
    document.document_key AS row_key,
    document.is_electronic,
    document.is_parallel,
    document.is_paper,
    document.is_organ_signed,
    document.is_signer_signed,
    document.is_recalled,
    document.is_sent_internally,
    document.is_sent_by_axis,
    document.is_axis_acknowledged,
    document.doc_type
FROM span
INNER JOIN document
    ON {in span document.issued_on}
{scope document.unit_code document.issued_on}
