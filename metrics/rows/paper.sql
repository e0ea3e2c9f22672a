-- One row per wholly electronic document issued in the period that reached units of the organisation, at the unit that issued it:
-- the pages that would have been printed for its receivers. A document without a page count adds nothing.
SELECT
    period.period_no,
    document.unit_code,
    document.issued_on AS tree_on,
    document.document_key AS row_key,
    document.is_recalled,
    COALESCE(document.page_count, 0) * arrival.receivers AS pages
FROM period
INNER JOIN document
    ON document.issued_on >= period.from_on
    AND document.issued_on <= period.to_on
    AND document.is_electronic
INNER JOIN (
    SELECT document_key, COUNT(*) AS receivers
    FROM delivery
    WHERE NOT is_recalled
    GROUP BY document_key
) AS arrival
    ON arrival.document_key = document.document_key
