-- What each unit declared of each base over declarations that cover the period day for day (the days of it on which the unit existed).
-- Where a declaration lies inside another (a month inside a quarter) the longer one counts; what remains must join without gap or overlap.
WITH declaration AS (
    SELECT
        period.period_no,
        declared_total.unit_code,
        declared_total.metric_base,
        GREATEST(period.from_on, COALESCE(org_unit.valid_from, period.from_on)) AS first_on,
        LEAST(period.to_on, COALESCE(org_unit.valid_to, period.to_on)) AS last_on,
        declared_total.from_on,
        declared_total.to_on,
        declared_total.value
    FROM period
    INNER JOIN declared_total
        ON declared_total.from_on >= period.from_on
        AND declared_total.to_on <= period.to_on
    LEFT JOIN org_unit
        ON org_unit.unit_code = declared_total.unit_code
),
longest AS (
    SELECT
        declaration.period_no,
        declaration.unit_code,
        declaration.metric_base,
        declaration.first_on,
        declaration.last_on,
        declaration.from_on,
        declaration.to_on,
        declaration.value,
        LAG(declaration.to_on)
            OVER (PARTITION BY declaration.period_no, declaration.unit_code, declaration.metric_base ORDER BY declaration.from_on) AS to_before
    FROM declaration
    LEFT JOIN declaration AS longer
        ON longer.period_no = declaration.period_no
        AND longer.unit_code = declaration.unit_code
        AND longer.metric_base = declaration.metric_base
        AND longer.from_on <= declaration.from_on
        AND longer.to_on >= declaration.to_on
        AND (longer.from_on < declaration.from_on OR longer.to_on > declaration.to_on)
    WHERE longer.unit_code IS NULL
)
SELECT
    period_no,
    unit_code,
    metric_base,
    first_on,
    last_on,
    SUM(value) AS declared
FROM longest
GROUP BY period_no, unit_code, metric_base, first_on, last_on
HAVING MIN(from_on) = first_on
    AND MAX(to_on) = last_on
    AND COUNT(*) FILTER (WHERE to_before IS NOT NULL AND from_on <> to_before + INTERVAL 1 DAY) = 0
