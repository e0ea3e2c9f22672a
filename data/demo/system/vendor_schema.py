"""The tables of the sample document system as its vendor would have made them: Vietnamese names, status codes, flags as text.

Three conventions live side by side, as they do in systems that grew: the login log keeps local times without a zone, the processing log
keeps instants with one, and documents keep their dates as text. Deleted rows stay, marked `da_xoa = 'C'`. Routing has a table per year.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Date, DateTime, Integer, MetaData, Numeric, String, Table
from sqlalchemy.types import TIMESTAMP, TypeEngine

METADATA = MetaData()
ROUTING_YEARS = (2024, 2025, 2026)


def _zoned() -> TypeEngine[str]:
    """An instant with its zone: a real type where the database has one, text elsewhere."""
    return String(25).with_variant(TIMESTAMP(timezone=True), "postgresql")


def _table(name: str, *columns: Column[Any]) -> Table:
    return Table(name, METADATA, *columns, mysql_charset="utf8mb4", mysql_collate="utf8mb4_bin", mysql_engine="InnoDB")


MARKER = _table(
    "vanban_mo_phong",  # says that this database holds made-up data and may be made anew
    Column("phien_ban", Integer),
    Column("seed", Integer),
    Column("ty_le", String(20)),
)
_table(
    "don_vi",
    Column("ma_don_vi", String(20), primary_key=True),
    Column("ten", String(400)),
    Column("ten_tat", String(120)),
    Column("ma_cha", String(20)),
    Column("cap", String(4)),
    Column("nhom_thi_diem", Integer),
    Column("thu_tu", Integer),
    Column("ma_dinh_danh", String(20)),  # its code on the national axis
    Column("ngay_hieu_luc", Date),
    Column("ngay_het_hieu_luc", Date),
    Column("da_xoa", String(1)),
)
_table(
    "sap_nhap",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("ma_cu", String(20)),
    Column("ma_moi", String(20)),
    Column("ngay_ap_dung", Date),
    Column("ty_le", Numeric(6, 4)),
    Column("can_cu", String(200)),
)
_table(
    "can_bo",
    Column("ma_cb", String(20), primary_key=True),
    Column("ho_ten", String(100)),
    Column("chuc_danh", String(4)),
    Column("ma_don_vi", String(20)),
    Column("da_xoa", String(1)),
)
_table(
    "nguoi_dung",
    Column("ten_dang_nhap", String(50), primary_key=True),
    Column("ma_cb", String(20), index=True),
    Column("loai", String(4)),
    Column("ma_don_vi", String(20)),
    Column("trang_thai", Integer),
    Column("ngay_cap", DateTime),
    Column("ngay_kich_hoat", DateTime),
    Column("ngay_khoa", DateTime),
    Column("da_xoa", String(1)),
)
_table(
    "dieu_dong",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("ma_cb", String(20)),
    Column("ma_don_vi", String(20)),
    Column("tu_ngay", Date),
    Column("den_ngay", Date),
    Column("da_xoa", String(1)),
)
_table(
    "nhat_ky_dang_nhap",
    Column("ten_dang_nhap", String(50)),
    Column("thoi_diem", DateTime),
    Column("ket_qua", String(2)),
    Column("dia_chi_ip", String(45)),
    Column("ngay_ghi", DateTime),
)
_table(
    "nhat_ky_xu_ly",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("ten_dang_nhap", String(50)),
    Column("hanh_dong", String(10)),
    Column("thoi_diem", _zoned()),
)
_table(
    "van_ban_di",
    Column("ma_van_ban", String(20), primary_key=True),
    Column("ma_don_vi", String(20)),
    Column("so_ky_hieu", String(60)),
    Column("loai_vb", String(10)),
    Column("trich_yeu", String(300)),
    Column("ngay_ban_hanh", String(19)),
    Column("hinh_thuc", String(2)),
    Column("ma_truc", String(120)),  # the document's id on the axis, where it went over it
    Column("do_mat", String(2)),
    Column("trang_thai", String(2)),
    Column("so_trang", Integer),
    Column("da_xoa", String(1)),
)
_table(
    "van_ban_den",
    Column("ma_van_ban", String(20), primary_key=True),
    Column("ma_don_vi", String(20)),
    Column("co_quan_gui", String(40)),
    Column("so_ky_hieu", String(60)),
    Column("loai_goi", String(2)),
    Column("nguon", String(2)),
    Column("ma_truc", String(120)),
    Column("trich_yeu", String(300)),
    Column("ngay_den", String(19)),
    Column("do_mat", String(2)),
    Column("da_xoa", String(1)),
)
_table(
    "ky_so",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("ma_van_ban", String(20)),
    Column("loai", String(2)),
    Column("ngay_ky", String(19)),
    Column("hieu_luc", String(1)),
)
for _year in ROUTING_YEARS:
    _table(
        f"luan_chuyen_{_year}",
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("ma_van_ban", String(20)),
        Column("noi_gui", String(40)),
        Column("noi_nhan", String(40)),
        Column("kenh", String(2)),
        Column("ngay_gui", String(19)),
        Column("ngay_nhan", String(19)),
        Column("han_xu_ly", String(19)),
        Column("ngay_hoan_thanh", String(19)),
        Column("trang_thai", String(2)),
        Column("da_xoa", String(1)),
    )
