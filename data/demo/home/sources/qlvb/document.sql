-- Outgoing documents (van_ban_di) and incoming ones from outside (van_ban_den) are one entity with a direction.
--   trang_thai  03 issued, 04 sent, 06 filed, 05 recalled; 01 and 02 are drafts, which have no day of issue and stay out
--   do_mat      0 is the ordinary level; every other marking, an empty one too, is not, and never leaves the database
--   ky_so       CN is the signature of a person, TC that of the organ; one that is no longer valid (hieu_luc 0) counts as none
--   loai_goi    VB is a document, TT only a status message about one
-- An incoming document is dated by the day it reached us.
SELECT
    vb.ma_van_ban AS document_key,
    vb.ma_don_vi AS unit_code,
    'outgoing' AS direction,
    vb.loai_vb AS doc_type,
    vb.so_ky_hieu AS number,
    vb.ngay_ban_hanh AS issued_at,
    CASE vb.hinh_thuc WHEN 'DT' THEN 'electronic' WHEN 'SS' THEN 'parallel' WHEN 'G' THEN 'paper' ELSE vb.hinh_thuc END AS form,
    ky.ngay_ky_ca_nhan AS signer_signed_at,
    ky.ngay_ky_to_chuc AS organ_signed_at,
    CASE WHEN vb.do_mat = '0' THEN 'ordinary' ELSE 'other' END AS security_level,
    CASE WHEN vb.trang_thai = '05' THEN 'recalled' ELSE 'issued' END AS status,
    vb.so_trang AS page_count
FROM van_ban_di vb
LEFT JOIN (
    SELECT
        ma_van_ban,
        MIN(CASE WHEN loai = 'CN' THEN ngay_ky END) AS ngay_ky_ca_nhan,
        MIN(CASE WHEN loai = 'TC' THEN ngay_ky END) AS ngay_ky_to_chuc
    FROM ky_so
    WHERE hieu_luc = '1'
    GROUP BY ma_van_ban
) ky ON ky.ma_van_ban = vb.ma_van_ban
WHERE vb.da_xoa = 'K' AND vb.trang_thai IN ('03', '04', '05', '06')
UNION ALL
SELECT
    ma_van_ban AS document_key,
    ma_don_vi AS unit_code,
    'incoming' AS direction,
    NULL AS doc_type,
    so_ky_hieu AS number,
    ngay_den AS issued_at,
    NULL AS form,
    NULL AS signer_signed_at,
    NULL AS organ_signed_at,
    CASE WHEN do_mat = '0' THEN 'ordinary' ELSE 'other' END AS security_level,
    'issued' AS status,
    NULL AS page_count
FROM van_ban_den
WHERE da_xoa = 'K' AND loai_goi = 'VB'
