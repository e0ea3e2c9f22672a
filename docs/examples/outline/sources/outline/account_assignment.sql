-- People belong to several groups; for counting everybody has one unit at a time: the one joined last, until the next one or until they left it.
-- Where days are reckoned with here, they have to be local ones first.
-- Two memberships that began on one day: the later one counts, the earlier one would end before it began.
WITH stay AS (
    SELECT
        gu."userId",
        gu."groupId",
        CAST(gu."createdAt" AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS began,
        CAST(gu."deletedAt" AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date) AS ended,
        lead(CAST(gu."createdAt" AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)) OVER (PARTITION BY gu."userId" ORDER BY gu."createdAt", gu."groupId") AS next_began
    FROM group_users gu
)
SELECT "userId" AS account_key, "groupId" AS unit_code, began AS valid_from, least(ended, next_began - 1) AS valid_to
FROM stay
WHERE next_began IS NULL OR next_began > began
