-- Every unit with itself (depth 0) and all units above it. A pair is valid while every unit on the path between them is;
-- pairs that never were are left out. A parent that is not among the units counts as none (a check warns of it).
WITH RECURSIVE unit AS (
    SELECT
        unit_code,
        parent_code,
        coalesce(valid_from, DATE '0001-01-01') AS valid_from,
        coalesce(valid_to, DATE '9999-12-31') AS valid_to
    FROM canonical.org_unit
),
path AS (
    SELECT unit_code, unit_code AS ancestor_code, 0 AS depth, valid_from, valid_to, parent_code AS next_code
    FROM unit
    UNION ALL
    SELECT
        path.unit_code,
        unit.unit_code,
        path.depth + 1,
        greatest(path.valid_from, unit.valid_from),
        least(path.valid_to, unit.valid_to),
        unit.parent_code
    FROM path
    JOIN unit ON unit.unit_code = path.next_code
)
SELECT unit_code, ancestor_code, depth, valid_from, valid_to
FROM path
WHERE valid_from <= valid_to
