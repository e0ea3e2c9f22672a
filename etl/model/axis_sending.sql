-- One outgoing document on its way through the axis to one receiver, at the unit that issued it; sent again, it counts from the first time.
-- Acknowledged: by what the delivery says of itself, or by a status message of that receiver. What failed was sent all the same.
WITH sending AS (
    SELECT document_key, receiver_code, sent_on, coalesce(status = 'acknowledged', false) AS is_acknowledged, coalesce(status = 'recalled', false) AS is_recalled
    FROM input.delivery
    WHERE channel = 'axis'
    UNION ALL
    SELECT document_key, to_code, at_on, false, false
    FROM input.axis_message
    WHERE kind = 'document'
        AND document_key IS NOT NULL
        AND coalesce(business_type, 'new') <> 'recall'
        AND from_code IN (SELECT unit_code FROM core.org_unit)
),
answer AS (
    SELECT
        document_key,
        from_code,
        -- data/reference/edxml_codes.csv: arrived, received, assigned, being dealt with, done; refused; done
        bool_or(status_code IN ('01', '03', '04', '05', '06')) AS is_acknowledged,
        bool_or(status_code = '02') AS is_refused,
        bool_or(status_code = '06') AS is_completed
    FROM input.axis_message
    WHERE kind = 'status' AND status_code IN ('01', '02', '03', '04', '05', '06')
    GROUP BY document_key, from_code
)
SELECT
    sending.document_key,
    document.unit_code,
    sending.receiver_code,
    min(sending.sent_on) AS sent_on,
    bool_or(sending.is_acknowledged OR coalesce(answer.is_acknowledged, false)) AS is_acknowledged,
    bool_or(coalesce(answer.is_refused, false)) AS is_refused,
    bool_or(coalesce(answer.is_completed, false)) AS is_completed,
    bool_or(document.is_recalled) OR bool_and(sending.is_recalled) AS is_recalled
FROM sending
INNER JOIN core.document document ON document.document_key = sending.document_key
LEFT JOIN answer ON answer.document_key = sending.document_key AND answer.from_code = sending.receiver_code
GROUP BY sending.document_key, document.unit_code, sending.receiver_code
