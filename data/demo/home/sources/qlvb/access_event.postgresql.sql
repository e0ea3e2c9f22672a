-- PostgreSQL only: one column cannot hold times without a zone and instants with one, so logins get their zone here.
-- Everything else is as in access_event.sql, which the other databases use.
SELECT
    ten_dang_nhap AS account_key,
    thoi_diem AT TIME ZONE 'Asia/Ho_Chi_Minh' AS occurred_at,
    CASE ket_qua WHEN 'TC' THEN 'login' WHEN 'TB' THEN 'login_failed' ELSE ket_qua END AS kind
FROM nhat_ky_dang_nhap
UNION ALL
SELECT
    ten_dang_nhap AS account_key,
    thoi_diem AS occurred_at,
    CASE hanh_dong
        WHEN 'XEM' THEN 'view'
        WHEN 'XULY' THEN 'process'
        WHEN 'KY' THEN 'sign'
        WHEN 'BANHANH' THEN 'issue'
        WHEN 'DANGXUAT' THEN 'logout'
        ELSE hanh_dong
    END AS kind
FROM nhat_ky_xu_ly
