-- A document belongs to the first group that may write in its collection, else to the team. Drafts (no publishedAt) and templates are none yet.
-- A collection without a permission is private: what lies in it never leaves the database.
SELECT
    d.id AS document_key,
    coalesce(
        (
            SELECT cg.`groupId` FROM collection_groups cg
            WHERE cg.`collectionId` = d.`collectionId` AND cg.`deletedAt` IS NULL AND cg.permission <> 'read'
            ORDER BY cg.`createdAt`, cg.`groupId` LIMIT 1
        ),
        d.`teamId`
    ) AS unit_code,
    'outgoing' AS direction,
    d.`urlId` AS number,
    d.`publishedAt` AS issued_at,
    'electronic' AS form,
    CASE WHEN c.permission IS NOT NULL THEN 'ordinary' ELSE 'private' END AS security_level,
    CASE WHEN d.`deletedAt` IS NULL THEN 'issued' ELSE 'recalled' END AS status
FROM documents d
LEFT JOIN collections c ON c.id = d.`collectionId`
WHERE d.`publishedAt` IS NOT NULL AND NOT d.template
