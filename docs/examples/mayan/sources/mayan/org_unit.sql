-- Mayan's groups have no order among themselves: the organisation itself (0) stands above them all.
SELECT 0 AS unit_code, 'Cơ quan mô phỏng' AS name, NULL AS parent_code, 'organisation' AS level
UNION ALL
SELECT g.id, g.name, 0, 'group'
FROM auth_group g
