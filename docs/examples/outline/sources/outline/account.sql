-- Who signed in once counts as activated: Outline makes an account when somebody is invited. Deleted people keep their row, too.
-- The unit is the one that the person joined last; without any it is the team itself. account_assignment tells the history.
SELECT
    u.id AS account_key,
    coalesce(
        (SELECT gu."groupId" FROM group_users gu WHERE gu."userId" = u.id AND gu."deletedAt" IS NULL ORDER BY gu."createdAt" DESC, gu."groupId" LIMIT 1),
        u."teamId"
    ) AS unit_code,
    NOT u."isViewer" AS is_officer,
    u."isAdmin" AS is_leader,
    u."createdAt" AS provisioned_at,
    (SELECT min(e."createdAt") FROM events e WHERE e."actorId" = u.id AND e.name = 'users.signin') AS activated_at,
    least(u."suspendedAt", u."deletedAt") AS disabled_at
FROM users u
WHERE u."teamId" IS NOT NULL
