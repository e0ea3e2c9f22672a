-- Units with their province: the unit itself or the nearest unit above it whose level is a province's.
WITH province AS (
    SELECT above.unit_code, min(above.depth) AS depth
    FROM core.org_unit_ancestor above
    JOIN canonical.org_unit ancestor ON ancestor.unit_code = above.ancestor_code
    JOIN canonical.level ON level.level = ancestor.level AND level.is_province
    GROUP BY above.unit_code
)
SELECT
    unit.unit_code,
    unit.name,
    coalesce(unit.short_name, unit.name) AS short_name,
    parent.unit_code AS parent_code,
    unit.level,
    unit.pilot_group,
    above.ancestor_code AS province_code,
    coalesce(unit.valid_from, DATE '0001-01-01') AS valid_from,
    coalesce(unit.valid_to, DATE '9999-12-31') AS valid_to,
    coalesce(unit.sort_order, row_number() OVER (ORDER BY unit.unit_code)) AS sort_order
FROM canonical.org_unit unit
LEFT JOIN canonical.org_unit parent ON parent.unit_code = unit.parent_code
LEFT JOIN province ON province.unit_code = unit.unit_code
LEFT JOIN core.org_unit_ancestor above ON above.unit_code = unit.unit_code AND above.depth = province.depth
