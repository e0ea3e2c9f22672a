-- Where an employee serves from when to when (dieu_dong); den_ngay is the last day, empty while it goes on.
SELECT
    nd.ten_dang_nhap AS account_key,
    dd.ma_don_vi AS unit_code,
    dd.tu_ngay AS valid_from,
    dd.den_ngay AS valid_to
FROM dieu_dong dd
JOIN nguoi_dung nd ON nd.ma_cb = dd.ma_cb
WHERE dd.da_xoa = 'K' AND nd.da_xoa = 'K'
