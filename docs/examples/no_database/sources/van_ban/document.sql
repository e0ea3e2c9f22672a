-- Members of the objects are the columns of `file`; what stands in braces is JSON text that can be taken apart.
SELECT
    id AS document_key,
    "noi_phat_hanh"->>'ma' AS unit_code,
    'outgoing' AS direction,
    loai AS doc_type,
    so_ky_hieu AS number,
    ngay_ban_hanh AS issued_at,
    CASE WHEN ban_giay = 'true' THEN 'parallel' ELSE 'electronic' END AS form,
    chu_ky->>'lanh_dao' AS signer_signed_at,
    chu_ky->>'co_quan' AS organ_signed_at,
    -- What says nothing counts as secret.
    CASE WHEN do_mat = 'Thường' THEN 'ordinary' ELSE 'higher' END AS security_level,
    CASE WHEN thu_hoi = 'true' THEN 'recalled' ELSE 'issued' END AS status
FROM file
