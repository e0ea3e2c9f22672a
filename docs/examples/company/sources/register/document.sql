SELECT
    id AS document_key,
    department AS unit_code,
    'outgoing' AS direction,
    "type" AS doc_type,
    number,
    issued AS issued_at,
    form,
    signed AS signer_signed_at,
    CASE WHEN access = 'open' THEN 'ordinary' ELSE 'higher' END AS security_level,
    state AS status
FROM file
