-- Two logs: logins keep the local wall clock without a zone (source.toml names it), actions keep an instant with its zone.
-- The login log has no key and holds some rows twice; the pipeline drops the second one and counts it.
-- An action code that is not known here goes out as it is, so that it is refused and counted instead of being guessed.
SELECT
    ten_dang_nhap AS account_key,
    thoi_diem AS occurred_at,
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
