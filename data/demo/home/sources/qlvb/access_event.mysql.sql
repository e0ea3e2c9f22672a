-- MySQL and MariaDB: the login log has real DATETIMEs, the other log text with a zone; both go out as text so that each keeps its own zone.
-- Everything else is as in access_event.sql, which the other databases use.
SELECT
    ten_dang_nhap AS account_key,
    CAST(thoi_diem AS CHAR) AS occurred_at,
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
