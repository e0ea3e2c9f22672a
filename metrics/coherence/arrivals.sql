-- Internal documents of each unit, those that arrived nowhere, and all their deliveries within the organisation.
SELECT
    scoped_row.unit_code,
    COUNT(*) AS documents,
    COUNT(*) FILTER (WHERE arrival.deliveries IS NULL) AS not_arrived,
    CAST(SUM(COALESCE(arrival.deliveries, 0)) AS BIGINT) AS deliveries
FROM scoped_row
LEFT JOIN (
    SELECT document_key, COUNT(*) AS deliveries
    FROM delivery
    WHERE is_internal
    GROUP BY document_key
) AS arrival
    ON arrival.document_key = scoped_row.row_key
WHERE scoped_row.is_sent_internally AND NOT scoped_row.is_recalled
GROUP BY scoped_row.unit_code
