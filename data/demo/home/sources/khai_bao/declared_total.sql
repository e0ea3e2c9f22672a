-- One row per unit and month. The form ends with a line "Cộng" without a unit code, which is no declaration.
-- Units write numbers as they like: 45, " 45 ", "1.234" with points for thousands. What is no number then is refused and counted.
SELECT
    trim("Mã đơn vị") AS unit_code,
    'administrative_documents' AS metric_base,
    "Từ ngày" AS from_on,
    "Đến ngày" AS to_on,
    CASE
        WHEN regexp_full_match(trim("Tổng số văn bản hành chính (không mật)"), '[0-9]{1,3}([.][0-9]{3})+')
        THEN replace(trim("Tổng số văn bản hành chính (không mật)"), '.', '')
        ELSE trim("Tổng số văn bản hành chính (không mật)")
    END AS value,
    "Người khai" AS declared_by,
    "Ngày khai" AS declared_at,
    "Người duyệt" AS approved_by,
    "Ghi chú" AS source_note
FROM file
WHERE trim("Mã đơn vị") <> ''
