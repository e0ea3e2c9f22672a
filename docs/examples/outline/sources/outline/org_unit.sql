-- A date may be given as the instant that it lies in: vanban takes the local day.
-- A team is the top; its groups are the units. A group that was deleted keeps its row with deletedAt: a unit that came to its end.
SELECT t.id AS unit_code, t.name, NULL AS parent_code, 'toi_cao' AS level, CAST(NULL AS timestamptz) AS valid_to
FROM teams t
WHERE t."deletedAt" IS NULL
UNION ALL
SELECT g.id, g.name, CAST(g."teamId" AS text), 'cap_tinh', g."deletedAt"
FROM groups g
JOIN teams t ON t.id = g."teamId" AND t."deletedAt" IS NULL
