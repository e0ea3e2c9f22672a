-- One row per unit whose declarations of administrative documents cover the period (`declared_cover`): what it declared, and what the system
-- saw it issue electronically on those days. So both counts are of one population.
SELECT
    declared_cover.period_no,
    declared_cover.unit_code,
    declared_cover.last_on AS tree_on,
    declared_cover.unit_code AS row_key,
    CAST(COALESCE(SUM(document_day.row_count), 0) AS BIGINT) AS issued_electronically,
    declared_cover.declared AS declared_documents
FROM declared_cover
LEFT JOIN document_day
    ON document_day.unit_code = declared_cover.unit_code
    AND document_day.issued_on >= declared_cover.first_on
    AND document_day.issued_on <= declared_cover.last_on
    AND (document_day.is_electronic OR document_day.is_parallel)
    AND NOT document_day.is_recalled
WHERE declared_cover.metric_base = 'administrative_documents'
GROUP BY declared_cover.period_no, declared_cover.unit_code, declared_cover.last_on, declared_cover.declared
