-- Accounts (nguoi_dung) lie apart from employees (can_bo). An account of kind TN was made for trying things out: it belongs
-- to no employee, so it is no officer's and counts in no rate. trang_thai says the same as the three dates and is not needed.
-- The account name leaves the database as account_key and is replaced by a keyed hash before anything is written.
SELECT
    nd.ten_dang_nhap AS account_key,
    COALESCE(cb.ma_don_vi, nd.ma_don_vi) AS unit_code,
    CASE WHEN nd.loai = 'CB' THEN 1 ELSE 0 END AS is_officer,
    CASE WHEN cb.chuc_danh = 'VT' THEN 1 ELSE 0 END AS is_clerk,
    CASE WHEN cb.chuc_danh = 'LD' THEN 1 ELSE 0 END AS is_leader,
    nd.ngay_cap AS provisioned_at,
    nd.ngay_kich_hoat AS activated_at,
    nd.ngay_khoa AS disabled_at
FROM nguoi_dung nd
LEFT JOIN can_bo cb ON cb.ma_cb = nd.ma_cb
WHERE nd.da_xoa = 'K'
