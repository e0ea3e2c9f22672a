"""The pilot's figures asked of the vendor's tables in plain SQL (SQLite), without any part of the pipeline."""

from __future__ import annotations

COUNTED = "v.da_xoa = 'K' AND v.do_mat = '0' AND v.trang_thai IN ('03', '04', '06') AND v.ngay_ban_hanh BETWEEN :first AND :last"
SIGNED = "EXISTS (SELECT 1 FROM ky_so k WHERE k.ma_van_ban = v.ma_van_ban AND k.hieu_luc = '1')"
SENT_INTERNALLY = "EXISTS (SELECT 1 FROM luan_chuyen_2024 l WHERE l.ma_van_ban = v.ma_van_ban AND l.kenh = 'NB' AND l.da_xoa = 'K')"
SENT_BY_AXIS = "EXISTS (SELECT 1 FROM luan_chuyen_2024 l WHERE l.ma_van_ban = v.ma_van_ban AND l.kenh = 'TL' AND l.da_xoa = 'K')"


def documents(condition: str = "1 = 1") -> str:
    return f"SELECT count(*) FROM van_ban_di v JOIN don_vi d ON d.ma_don_vi = v.ma_don_vi WHERE {COUNTED} AND ({condition})"  # noqa: S608


INTERNAL_DELIVERIES = """
SELECT count(*) FROM (
    SELECT DISTINCT l.ma_van_ban, l.noi_nhan, l.ngay_gui, coalesce(l.ngay_nhan, l.ngay_gui) AS den
    FROM luan_chuyen_2024 l JOIN van_ban_di v ON v.ma_van_ban = l.ma_van_ban JOIN don_vi d ON d.ma_don_vi = l.noi_nhan AND d.da_xoa = 'K'
    WHERE l.kenh = 'NB' AND l.da_xoa = 'K' AND l.ngay_gui IS NOT NULL AND v.do_mat = '0' AND v.trang_thai IN ('03', '04', '06') AND v.da_xoa = 'K'
) WHERE den BETWEEN :first AND :last
"""
AXIS_INCOMING = """
SELECT count(*) FROM van_ban_den
WHERE loai_goi = 'VB' AND nguon = 'TL' AND do_mat = '0' AND da_xoa = 'K' AND ngay_den BETWEEN :first AND :last
"""
ACCOUNTS = """
SELECT
    d.ma_don_vi,
    d.ma_cha,
    count(*) AS provisioned,
    count(CASE WHEN n.ngay_kich_hoat < '2024-08-01' THEN 1 END) AS activated,
    count(CASE WHEN n.ngay_kich_hoat < '2024-08-01' AND EXISTS (
        SELECT 1 FROM nhat_ky_dang_nhap g
        WHERE g.ten_dang_nhap = n.ten_dang_nhap AND g.ket_qua = 'TC' AND g.thoi_diem >= '2024-07-01' AND g.thoi_diem < '2024-08-01'
    ) THEN 1 END) AS logged_in
FROM nguoi_dung n
JOIN can_bo c ON c.ma_cb = n.ma_cb
JOIN dieu_dong q ON q.ma_cb = c.ma_cb AND q.tu_ngay <= '2024-07-31' AND (q.den_ngay IS NULL OR q.den_ngay >= '2024-07-31')
JOIN don_vi d ON d.ma_don_vi = q.ma_don_vi
WHERE n.da_xoa = 'K' AND n.loai = 'CB' AND n.ngay_cap < '2024-08-01'
    AND (n.ngay_khoa IS NULL OR n.ngay_khoa >= '2024-08-01') AND d.nhom_thi_diem = :grp
GROUP BY 1, 2
"""
