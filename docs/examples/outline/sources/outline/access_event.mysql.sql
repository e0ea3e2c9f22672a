-- actorId is NULL for what Outline did by itself. A name that is not listed says nothing of the system's use.
SELECT
    e.`actorId` AS account_key,
    e.`createdAt` AS occurred_at,
    CASE e.name
        WHEN 'users.signin' THEN 'login'
        WHEN 'users.signout' THEN 'logout'
        WHEN 'views.create' THEN 'view'
        WHEN 'documents.publish' THEN 'issue'
        ELSE 'process'
    END AS kind
FROM events e
WHERE e.`actorId` IS NOT NULL
    AND e.name IN ('users.signin', 'users.signout', 'views.create', 'documents.create', 'documents.update', 'documents.publish')
