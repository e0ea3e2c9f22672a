-- The direction and the kind of a document are its type; its unit and its marking are metadata that this organisation gives to every type.
-- Without the unit it is the organisation's own, without a marking it counts as secret and never leaves the database.
SELECT
    d.id AS document_key,
    coalesce(
        (
            SELECT min(g.id)
            FROM metadata_documentmetadata m
            JOIN metadata_metadatatype y ON y.id = m.metadata_type_id AND y.name = 'don_vi'
            JOIN auth_group g ON g.name = m.value
            WHERE m.document_id = d.id
        ),
        0
    ) AS unit_code,
    CASE t.label WHEN 'Công văn đến' THEN 'incoming' WHEN 'Tờ trình' THEN 'internal' ELSE 'outgoing' END AS direction,
    CASE t.label WHEN 'Quyết định' THEN 'QĐ' WHEN 'Tờ trình' THEN 'TTr' ELSE 'CV' END AS doc_type,
    d.datetime_created AS issued_at,
    (
        SELECT min(s.date_time)
        FROM document_signatures_signaturebasemodel s
        JOIN documents_documentfile f ON f.id = s.document_file_id
        WHERE f.document_id = d.id
    ) AS signer_signed_at,
    CASE
        WHEN EXISTS (
            SELECT 1
            FROM metadata_documentmetadata m
            JOIN metadata_metadatatype y ON y.id = m.metadata_type_id AND y.name = 'do_mat'
            WHERE m.document_id = d.id AND m.value = 'Thường'
        ) THEN 'ordinary'
        ELSE 'other'
    END AS security_level,
    CASE WHEN d.in_trash THEN 'recalled' ELSE 'issued' END AS status
FROM documents_document d
JOIN documents_documenttype t ON t.id = d.document_type_id
WHERE NOT d.is_stub AND t.label IN ('Công văn đi', 'Quyết định', 'Công văn đến', 'Tờ trình')
