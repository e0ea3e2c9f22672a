-- Routing has a table per year; add the next one here when it appears.
--   kenh        NB within the organisation, TL over the national axis, K by other means
--   trang_thai  0 sent, 1 received, 2 failed, 3 taken back
-- A delivery has no marking of its own: it carries that of its document, so that the routing of a secret document stays out as well.
SELECT
    lc.ma_van_ban AS document_key,
    lc.noi_nhan AS receiver_code,
    lc.ngay_gui AS sent_at,
    lc.ngay_nhan AS received_at,
    lc.han_xu_ly AS due_at,
    lc.ngay_hoan_thanh AS completed_at,
    CASE lc.kenh WHEN 'NB' THEN 'internal' WHEN 'TL' THEN 'axis' WHEN 'K' THEN 'other' ELSE lc.kenh END AS channel,
    CASE lc.trang_thai WHEN '0' THEN 'sent' WHEN '1' THEN 'acknowledged' WHEN '2' THEN 'failed' WHEN '3' THEN 'recalled' ELSE lc.trang_thai END AS status,
    CASE WHEN COALESCE(di.do_mat, den.do_mat) = '0' THEN 'ordinary' ELSE 'other' END AS security_level
FROM (
    SELECT * FROM luan_chuyen_2024
    UNION ALL
    SELECT * FROM luan_chuyen_2025
    UNION ALL
    SELECT * FROM luan_chuyen_2026
) lc
LEFT JOIN van_ban_di di ON di.ma_van_ban = lc.ma_van_ban
LEFT JOIN van_ban_den den ON den.ma_van_ban = lc.ma_van_ban
WHERE lc.da_xoa = 'K'
