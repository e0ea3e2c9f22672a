-- One row per wholly electronic document that reached units of the organisation, at the unit that issued it, on the day of issue:
-- the pages that would have been printed for its receivers. A document without a page count adds nothing.
SELECT
    document.issued_on AS day_on,
    document.unit_code,
    document.document_key AS row_key,
    document.is_recalled,
    COALESCE(document.page_count, 0) * COUNT(*) AS pages
FROM document
INNER JOIN delivery
    ON delivery.document_key = document.document_key
    AND NOT delivery.is_recalled
WHERE document.is_electronic
GROUP BY document.issued_on, document.unit_code, document.document_key, document.is_recalled, document.page_count
