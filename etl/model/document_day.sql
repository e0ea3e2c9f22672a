-- How many documents of one combination of facts a unit issued on a day: every figure of documents is a sum of these.
SELECT
    issued_on,
    unit_code,
    is_electronic,
    is_parallel,
    is_paper,
    is_organ_signed,
    is_signer_signed,
    is_recalled,
    is_sent_internally,
    is_sent_by_axis,
    is_axis_acknowledged,
    is_axis_updated,
    is_axis_replacement,
    count(*) AS row_count
FROM input.issued_document
WHERE issued_on IS NOT NULL
GROUP BY ALL
