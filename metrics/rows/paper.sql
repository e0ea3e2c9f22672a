-- One row per wholly electronic document issued in the period that reached units of the organisation, at the unit that issued it:
-- the pages that would have been printed for its receivers. A document without a page count adds nothing.
SELECT
    span.period_no,
    document.unit_code,
    document.issued_on AS tree_on,
    document.document_key AS row_key,
    document.is_recalled,
    COALESCE(document.page_count, 0) * COUNT(*) AS pages
FROM span
INNER JOIN document
    ON {in span document.issued_on}
    AND document.is_electronic
INNER JOIN delivery
    ON delivery.document_key = document.document_key
    AND NOT delivery.is_recalled
{scope document.unit_code document.issued_on}
GROUP BY span.period_no, document.unit_code, document.issued_on, document.document_key, document.is_recalled, document.page_count
