-- One row per wholly electronic document issued in the period (`issued`, the scope's only) that reached units of the organisation, at the unit
-- that issued it: the pages that would have been printed for its receivers. A document without a page count adds nothing.
SELECT
    issued.period_no,
    issued.unit_code,
    issued.tree_on,
    issued.document_key AS row_key,
    issued.is_recalled,
    COALESCE(issued.page_count, 0) * COUNT(*) AS pages
FROM issued
INNER JOIN delivery
    ON delivery.document_key = issued.document_key
    AND NOT delivery.is_recalled
WHERE issued.is_electronic
GROUP BY issued.period_no, issued.unit_code, issued.tree_on, issued.document_key, issued.is_recalled, issued.page_count
