-- One row of the table `file` for each line of don_vi.csv, its columns named by their titles.
SELECT
    "Mã" AS unit_code,
    "Tên đơn vị" AS name,
    nullif("Đơn vị cấp trên", '') AS parent_code,
    -- The codes of levels.csv beside vanban.toml, where there is one.
    CASE "Cấp" WHEN '1' THEN 'toi_cao' WHEN '2' THEN 'cap_tinh' ELSE 'khu_vuc' END AS level
FROM file
