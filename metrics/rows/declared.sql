-- One row per unit whose declarations cover the period day for day (the days of it on which the unit existed):
-- what it declared, and what the system saw it issue electronically on those days. So both counts are of one population.
-- Where a declaration lies inside another (a month inside a quarter) the longer one counts; what remains must join without gap or overlap.
WITH declaration AS (
    SELECT
        period.period_no,
        declared_total.unit_code,
        GREATEST(period.from_on, COALESCE(org_unit.valid_from, period.from_on)) AS first_on,
        LEAST(period.to_on, COALESCE(org_unit.valid_to, period.to_on)) AS last_on,
        declared_total.from_on,
        declared_total.to_on,
        declared_total.value
    FROM period
    INNER JOIN declared_total
        ON declared_total.from_on >= period.from_on
        AND declared_total.to_on <= period.to_on
        AND declared_total.metric_base = 'administrative_documents'
    LEFT JOIN org_unit
        ON org_unit.unit_code = declared_total.unit_code
),
longest AS (
    SELECT
        declaration.period_no,
        declaration.unit_code,
        declaration.first_on,
        declaration.last_on,
        declaration.from_on,
        declaration.to_on,
        declaration.value,
        LAG(declaration.to_on) OVER (PARTITION BY declaration.period_no, declaration.unit_code ORDER BY declaration.from_on) AS to_before
    FROM declaration
    LEFT JOIN declaration AS longer
        ON longer.period_no = declaration.period_no
        AND longer.unit_code = declaration.unit_code
        AND longer.from_on <= declaration.from_on
        AND longer.to_on >= declaration.to_on
        AND (longer.from_on < declaration.from_on OR longer.to_on > declaration.to_on)
    WHERE longer.unit_code IS NULL
),
covered AS (
    SELECT
        period_no,
        unit_code,
        first_on,
        last_on,
        SUM(value) AS declared_documents
    FROM longest
    GROUP BY period_no, unit_code, first_on, last_on
    HAVING MIN(from_on) = first_on
        AND MAX(to_on) = last_on
        AND COUNT(*) FILTER (WHERE to_before IS NOT NULL AND from_on <> to_before + INTERVAL 1 DAY) = 0
)
SELECT
    covered.period_no,
    covered.unit_code,
    covered.last_on AS tree_on,
    covered.unit_code AS row_key,
    CAST(COALESCE(SUM(document_day.row_count), 0) AS BIGINT) AS issued_electronically,
    covered.declared_documents
FROM covered
LEFT JOIN document_day
    ON document_day.unit_code = covered.unit_code
    AND document_day.issued_on >= covered.first_on
    AND document_day.issued_on <= covered.last_on
    AND (document_day.is_electronic OR document_day.is_parallel)
    AND NOT document_day.is_recalled
GROUP BY covered.period_no, covered.unit_code, covered.last_on, covered.declared_documents
