-- People belong to several groups; for counting everybody has one unit at a time: the one joined last, until the next one or until they left it.
-- Two memberships that began on one day: the later one counts, the earlier one would end before it began.
WITH stay AS (
    SELECT
        gu.`userId`,
        gu.`groupId`,
        CAST(gu.`createdAt` + INTERVAL 7 HOUR AS date) AS began,
        CAST(gu.`deletedAt` + INTERVAL 7 HOUR AS date) AS ended,
        lead(CAST(gu.`createdAt` + INTERVAL 7 HOUR AS date)) OVER (PARTITION BY gu.`userId` ORDER BY gu.`createdAt`, gu.`groupId`) AS next_began
    FROM group_users gu
)
SELECT
    `userId` AS account_key,
    `groupId` AS unit_code,
    began AS valid_from,
    -- least() of MariaDB is NULL where one of its values is.
    least(coalesce(ended, next_began - INTERVAL 1 DAY), coalesce(next_began - INTERVAL 1 DAY, ended)) AS valid_to
FROM stay
WHERE next_began IS NULL OR next_began > began
