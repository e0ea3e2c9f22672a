-- Documents of each unit that have a number, and those that repeat the number of another. Decree 30/2020 numbers documents per organisation and year,
-- some organisations per document type: so the type is part of the key.
SELECT
    scoped_row.unit_code,
    COUNT(DISTINCT scoped_row.row_key) FILTER (WHERE document.number IS NOT NULL) AS numbered,
    COUNT(DISTINCT scoped_row.row_key) FILTER (WHERE same_number.document_key IS NOT NULL) AS documents
FROM scoped_row
INNER JOIN document
    ON document.document_key = scoped_row.row_key
LEFT JOIN document AS same_number
    ON same_number.unit_code = document.unit_code
    AND same_number.number = document.number
    AND COALESCE(same_number.doc_type, '') = COALESCE(document.doc_type, '')
    AND EXTRACT(YEAR FROM same_number.issued_on) = EXTRACT(YEAR FROM document.issued_on)
    AND same_number.document_key <> document.document_key
    AND NOT same_number.is_recalled
WHERE NOT document.is_recalled
GROUP BY scoped_row.unit_code
