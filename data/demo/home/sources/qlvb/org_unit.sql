-- Units: don_vi keeps a code for the level and marks deleted rows with da_xoa = 'C' (có) instead of deleting them.
SELECT
    ma_don_vi AS unit_code,
    ten AS name,
    ten_tat AS short_name,
    ma_cha AS parent_code,
    CASE cap
        WHEN 'TC' THEN 'toi_cao'
        WHEN 'DV' THEN 'don_vi_toi_cao'
        WHEN 'CC' THEN 'cap_cao'
        WHEN 'T' THEN 'cap_tinh'
        WHEN 'H' THEN 'cap_huyen'
        WHEN 'KV' THEN 'khu_vuc'
        ELSE cap
    END AS level,
    nhom_thi_diem AS pilot_group,
    ngay_hieu_luc AS valid_from,
    ngay_het_hieu_luc AS valid_to,
    thu_tu AS sort_order
FROM don_vi
WHERE da_xoa = 'K'
