SELECT
    lower("Tên đăng nhập") AS account_key,
    "Mã đơn vị" AS unit_code,
    "Chức danh" <> 'Văn thư' AS is_officer,
    "Chức danh" = 'Văn thư' AS is_clerk,
    "Ngày cấp" AS provisioned_at,
    -- The export does not say when an account was first used: once it was set up, it is in use.
    "Ngày cấp" AS activated_at,
    "Ngày khoá" AS disabled_at
FROM file
