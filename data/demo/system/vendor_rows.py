"""From the plan to the vendor's rows: each function takes frames of the plan and gives one table of vendor_schema.py."""

from __future__ import annotations

import unicodedata

import polars as pl

from data.demo.calendar import DAY, day_text, local_text, zoned_text
from data.demo.organisation.accounts import Accounts
from data.demo.organisation.units import Units, axis_code

LEVEL_CODES = {"toi_cao": "TC", "don_vi_toi_cao": "DV", "cap_cao": "CC", "cap_tinh": "T", "cap_huyen": "H", "khu_vuc": "KV"}
NFD_UNITS = ("T06", "T22", "H002", "H193", "VKSTC-V8", "N24", "K015")
"""Units whose names the vendor stored decomposed (as one kind of keyboard writes them)."""
FLAG = {True: "C", False: "K"}


def _flag(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(FLAG, return_dtype=pl.String).alias("da_xoa")


def don_vi(units: Units) -> pl.DataFrame:
    names = dict(units.frame.filter(pl.col("unit_code").is_in(NFD_UNITS)).select("unit_code", "name").iter_rows())
    decomposed = {code: unicodedata.normalize("NFD", name) for code, name in names.items()}
    rows = units.frame.select(
        ma_don_vi="unit_code",
        ten=pl.col("unit_code").replace_strict(decomposed, default=pl.col("name"), return_dtype=pl.String),
        ten_tat="short_name",
        ma_cha="parent_code",
        cap=pl.col("level").replace_strict(LEVEL_CODES, return_dtype=pl.String),
        nhom_thi_diem="pilot_group",
        thu_tu="sort_order",
        ma_dinh_danh=axis_code(),
        ngay_hieu_luc=pl.col("valid_from").dt.to_string("%Y-%m-%d"),
        ngay_het_hieu_luc=pl.col("valid_to").dt.to_string("%Y-%m-%d"),
        da_xoa=pl.lit("K"),
    )
    # Two units entered by mistake and deleted again; their codes come first so that a reader who forgets da_xoa meets them.
    deleted = rows.filter(pl.col("ma_don_vi").is_in(["T01", "H001"])).with_columns(ma_don_vi="0-" + pl.col("ma_don_vi"), da_xoa=pl.lit("C"))
    return pl.concat([deleted, rows])


def sap_nhap(units: Units, effective_on: str) -> pl.DataFrame:
    return units.successions.select(
        id=pl.int_range(1, pl.len() + 1),
        ma_cu="old_code",
        ma_moi="new_code",
        ngay_ap_dung=pl.lit(effective_on),
        ty_le=pl.lit("1.0000"),
        can_cu="basis",
    )


def can_bo(accounts: Accounts) -> pl.DataFrame:
    latest = accounts.assignments.group_by("account").agg(pl.col("unit_code").last().alias("latest"))
    numbered = accounts.frame.with_row_index("account").with_columns(pl.col("account").cast(pl.Int64)).filter(pl.col("kind") == "CB")
    return (
        numbered.join(latest, on="account", how="left")
        .sort("account")
        .select(
            ma_cb="officer_code",
            ho_ten="Cán bộ mô phỏng " + pl.col("officer_code").str.slice(2),
            chuc_danh="title",
            ma_don_vi=pl.coalesce("latest", "unit_code"),
            da_xoa=_flag("is_deleted"),
        )
    )


def nguoi_dung(accounts: Accounts) -> pl.DataFrame:
    status = (
        pl.when(pl.col("is_deleted"))
        .then(9)
        .when(pl.col("disabled").is_not_null())
        .then(2)
        .when(pl.col("activated").is_not_null())
        .then(1)
        .otherwise(0)
    )
    return accounts.frame.select(
        ten_dang_nhap="login",
        ma_cb="officer_code",
        loai=pl.col("kind").replace_strict({"CB": "CB", "TEST": "TN"}, return_dtype=pl.String),
        ma_don_vi="unit_code",
        trang_thai=status,
        ngay_cap=local_text("provisioned"),
        ngay_kich_hoat=local_text("activated"),
        ngay_khoa=local_text("disabled"),
        da_xoa=_flag("is_deleted"),
    )


def dieu_dong(accounts: Accounts) -> pl.DataFrame:
    officer = accounts.frame.with_row_index("account").select(pl.col("account").cast(pl.Int64), "officer_code", "is_deleted")
    return accounts.assignments.join(officer, on="account", how="left", maintain_order="left").select(
        id=pl.int_range(1, pl.len() + 1),
        ma_cb="officer_code",
        ma_don_vi="unit_code",
        tu_ngay=day_text("from_day"),
        den_ngay=day_text("to_day"),
        da_xoa=_flag("is_deleted"),
    )


def nhat_ky_dang_nhap(logins: pl.DataFrame) -> pl.DataFrame:
    """`logins`: login, at, is_success, recorded; in the order in which they were recorded."""
    address = (
        "10." + (pl.col("at") % 60 + 10).cast(pl.String) + "." + (pl.col("at") % 250).cast(pl.String) + "." + (pl.col("at") % 240 + 5).cast(pl.String)
    )
    return logins.sort("recorded", "login", "at", "is_success").select(
        ten_dang_nhap="login",
        thoi_diem=local_text("at"),
        ket_qua=pl.col("is_success").replace_strict({True: "TC", False: "TB"}, return_dtype=pl.String),
        dia_chi_ip=address,
        ngay_ghi=local_text("recorded"),
    )


def nhat_ky_xu_ly(actions: pl.DataFrame, first_id: int) -> pl.DataFrame:
    """`actions`: login, at, action."""
    return actions.select(id=pl.int_range(first_id, first_id + pl.len()), ten_dang_nhap="login", hanh_dong="action", thoi_diem=zoned_text("at"))


def van_ban_di(documents: pl.DataFrame) -> pl.DataFrame:
    """`documents`: DOCUMENT_SCHEMA with document_key, number, doc_type, page_count, axis_id and date_text."""
    subject = pl.when(pl.col("marking") == "0").then(pl.lit("Văn bản mô phỏng ")).otherwise(pl.lit("Nội dung mật mô phỏng ")) + pl.col("document_key")
    return documents.select(
        ma_van_ban="document_key",
        ma_don_vi="unit_code",
        so_ky_hieu="number",
        loai_vb="doc_type",
        trich_yeu=subject,
        ngay_ban_hanh="date_text",
        hinh_thuc="form",
        ma_truc="axis_id",
        do_mat="marking",
        trang_thai="status",
        so_trang="page_count",
        da_xoa=_flag("is_deleted"),
    )


def van_ban_den(incoming: pl.DataFrame) -> pl.DataFrame:
    """`incoming`: INCOMING_SCHEMA with document_key, sender, number and axis_id."""
    return incoming.select(
        ma_van_ban="document_key",
        ma_don_vi="unit_code",
        co_quan_gui="sender",
        so_ky_hieu="number",
        loai_goi="package",
        nguon="origin",
        ma_truc="axis_id",
        trich_yeu="Văn bản đến mô phỏng " + pl.col("document_key"),
        ngay_den=local_text("arrived"),
        do_mat="marking",
        da_xoa=_flag("is_deleted"),
    )


def ky_so(signatures: pl.DataFrame, first_id: int) -> pl.DataFrame:
    """`signatures`: document_key, kind (CN of a person, TC of the organ), at, is_valid."""
    return signatures.select(
        id=pl.int_range(first_id, first_id + pl.len()),
        ma_van_ban="document_key",
        loai="kind",
        ngay_ky=local_text("at"),
        hieu_luc=pl.col("is_valid").replace_strict({True: "1", False: "0"}, return_dtype=pl.String),
    )


def luan_chuyen(deliveries: pl.DataFrame, first_id: int) -> pl.DataFrame:
    """`deliveries`: DELIVERY_SCHEMA, all sent in one year."""
    return deliveries.select(
        id=pl.int_range(first_id, first_id + pl.len()),
        ma_van_ban="document_key",
        noi_gui="sender",
        noi_nhan="receiver",
        kenh="channel",
        ngay_gui=local_text("sent"),
        ngay_nhan=local_text("received"),
        han_xu_ly=local_text("due"),
        ngay_hoan_thanh=local_text("completed"),
        trang_thai="status",
        da_xoa=_flag("is_deleted"),
    )


def year_of(column: str) -> pl.Expr:
    """The local year of a time in seconds."""
    return (pl.col(column) // DAY).cast(pl.Int32).cast(pl.Date).dt.year()
