"""truth.json against the vendor's tables, asked in plain SQL: months, reorganisation, planted defects and effects."""

from __future__ import annotations

import sqlite3
import unicodedata
from typing import Any

import pytest
from pilot_queries import documents

MONTHS = ["2024-08", "2025-06", "2025-07", "2026-10"]


def one(vendor: sqlite3.Connection, question: str, **values: object) -> Any:
    return vendor.execute(question, values).fetchone()[0]


def defect(truth: dict[str, Any], name: str) -> int:
    rows: int = next(entry["rows"] for entry in truth["defects"] if entry["name"] == name)
    return rows


@pytest.mark.parametrize("month", MONTHS)
def test_months_add_up_to_what_the_tables_hold(vendor: sqlite3.Connection, truth: dict[str, Any], month: str) -> None:
    whole = truth["months"][month]["all"]
    window = {"first": f"{month}-01 00:00:00", "last": f"{month}-31 23:59:59"}
    assert one(vendor, documents(), **window) == whole["outgoing_documents"]
    assert one(vendor, documents("v.hinh_thuc = 'DT'"), **window) == whole["outgoing_electronic"]
    assert one(vendor, documents("v.hinh_thuc = 'G'"), **window) == whole["outgoing_paper"]
    arrived = """
        SELECT count(DISTINCT l.ma_van_ban || ' ' || l.noi_nhan || ' ' || l.ngay_gui)
        FROM (SELECT * FROM luan_chuyen_2024 UNION ALL SELECT * FROM luan_chuyen_2025 UNION ALL SELECT * FROM luan_chuyen_2026) l
        JOIN van_ban_di v ON v.ma_van_ban = l.ma_van_ban
        WHERE l.kenh = 'NB' AND l.da_xoa = 'K' AND v.do_mat = '0' AND v.da_xoa = 'K' AND v.trang_thai IN ('03', '04', '06')
          AND coalesce(l.ngay_nhan, l.ngay_gui) BETWEEN :first AND :last
    """
    assert one(vendor, arrived, **window) == whole["internal_incoming"]
    logged_in = """
        SELECT count(DISTINCT n.ten_dang_nhap) FROM nguoi_dung n JOIN nhat_ky_dang_nhap g ON g.ten_dang_nhap = n.ten_dang_nhap
        WHERE n.loai = 'CB' AND g.ket_qua = 'TC' AND g.thoi_diem BETWEEN :first AND :last AND n.ngay_kich_hoat <= :last
          AND (n.ngay_khoa IS NULL OR n.ngay_khoa > :last)
    """
    assert one(vendor, logged_in, **window) == whole["logged_in_accounts"]


def test_units_of_a_month_add_up_to_the_whole(truth: dict[str, Any]) -> None:
    for month in ("2024-07", "2026-10"):
        whole, units = truth["months"][month]["all"], truth["months"][month]["units"]
        for measure in ("outgoing_documents", "internal_incoming", "provisioned_accounts", "logged_in_accounts", "declared", "axis_incoming"):
            assert sum(unit.get(measure, 0) for unit in units.values()) == whole[measure]


def test_tree_after_the_reorganisation(vendor: sqlite3.Connection) -> None:
    levels = dict(vendor.execute("SELECT cap, count(*) FROM don_vi WHERE da_xoa = 'K' AND ngay_hieu_luc = '2025-07-01' GROUP BY cap").fetchall())
    assert levels == {"DV": 27, "T": 34, "KV": 355}
    assert one(vendor, "SELECT count(*) FROM don_vi WHERE da_xoa = 'K' AND ngay_het_hieu_luc = '2025-06-30'") == 148
    names = [name for (name,) in vendor.execute("SELECT ten FROM don_vi WHERE cap = 'KV'")]
    assert all(unicodedata.normalize("NFC", name).endswith("(mô phỏng)") for name in names)
    assert one(vendor, "SELECT count(DISTINCT thu_tu) = count(*) FROM don_vi WHERE da_xoa = 'K'") == 1
    lost = """
        SELECT count(*) FROM don_vi d WHERE d.ngay_het_hieu_luc IS NOT NULL AND d.da_xoa = 'K'
          AND NOT EXISTS (SELECT 1 FROM sap_nhap s JOIN don_vi n ON n.ma_don_vi = s.ma_moi WHERE s.ma_cu = d.ma_don_vi)
    """
    assert one(vendor, lost) == 0


def test_no_account_is_lost_by_the_reorganisation(vendor: sqlite3.Connection) -> None:
    """Every officer serves in exactly one unit on the day before and the day after, each a unit of that day."""
    for day in ("2025-06-30", "2025-07-01", "2026-10-31"):
        serving = """
            SELECT count(*), count(DISTINCT q.ma_cb) FROM dieu_dong q
            JOIN don_vi d ON d.ma_don_vi = q.ma_don_vi AND d.da_xoa = 'K'
              AND (d.ngay_hieu_luc IS NULL OR d.ngay_hieu_luc <= :day) AND (d.ngay_het_hieu_luc IS NULL OR d.ngay_het_hieu_luc >= :day)
            WHERE q.tu_ngay <= :day AND (q.den_ngay IS NULL OR q.den_ngay >= :day)
        """
        assigned, officers = vendor.execute(serving, {"day": day}).fetchone()
        existing = one(vendor, "SELECT count(*) FROM nguoi_dung WHERE loai = 'CB' AND date(ngay_cap) <= :day", day=day)
        assert assigned == officers == existing


def test_documents_and_deliveries_name_units_of_their_day(vendor: sqlite3.Connection) -> None:
    strangers = """
        SELECT count(*) FROM van_ban_di v JOIN don_vi d ON d.ma_don_vi = v.ma_don_vi
        WHERE length(v.ngay_ban_hanh) = 19 AND substr(v.ngay_ban_hanh, 1, 2) = '20' AND v.ngay_ban_hanh NOT LIKE '%-13-%'
          AND (coalesce(d.ngay_hieu_luc, '') > v.ngay_ban_hanh OR coalesce(d.ngay_het_hieu_luc, '9') < substr(v.ngay_ban_hanh, 1, 10))
    """
    assert one(vendor, strangers) == 0
    for year in (2024, 2025, 2026):
        table = f"luan_chuyen_{year}"
        assert one(vendor, f"SELECT count(*) FROM {table} WHERE substr(ngay_gui, 1, 4) <> '{year}'") == 0  # noqa: S608
        unknown = f"SELECT count(*) FROM {table} l LEFT JOIN don_vi d ON d.ma_don_vi = l.noi_nhan WHERE l.kenh = 'NB' AND d.ma_don_vi IS NULL"  # noqa: S608
        assert one(vendor, unknown) == 0


def test_planted_defects_are_there(vendor: sqlite3.Connection, truth: dict[str, Any]) -> None:
    secret = "SELECT count(*) FROM van_ban_di WHERE da_xoa = 'K' AND trang_thai IN ('03', '04', '05', '06') AND (do_mat = '0') IS NOT 1"
    assert one(vendor, secret) == defect(truth, "secret_outgoing_documents")
    markings = {row[0] for row in vendor.execute("SELECT DISTINCT do_mat FROM van_ban_di").fetchall()}
    assert markings == {"0", "1", "2", "3", "9", "", None}
    log = "FROM nhat_ky_dang_nhap WHERE trim(coalesce(ten_dang_nhap, ''))"
    repeated = one(vendor, f"SELECT count(*) - count(DISTINCT ten_dang_nhap || thoi_diem || ket_qua) {log} <> ''")
    assert repeated == defect(truth, "duplicate_logins") > 0
    assert one(vendor, f"SELECT count(*) {log} <> '' AND julianday(ngay_ghi) - julianday(thoi_diem) > 1") >= defect(truth, "late_logins") > 0
    assert one(vendor, f"SELECT count(*) {log} = ''") == defect(truth, "nameless_logins") == 3
    names = [name for (name,) in vendor.execute("SELECT ten FROM don_vi WHERE da_xoa = 'K'")]
    assert sum(unicodedata.normalize("NFC", name) != name for name in names) == defect(truth, "names_in_nfd") > 0
    assert one(vendor, "SELECT count(*) FROM van_ban_den WHERE loai_goi = 'TT'") == defect(truth, "axis_status_messages") > 0
    assert one(vendor, "SELECT count(*) FROM nguoi_dung WHERE loai = 'TN'") == defect(truth, "test_accounts") > 0
    assert one(vendor, "SELECT count(*) FROM ky_so WHERE hieu_luc = '0'") == defect(truth, "void_signatures") > 0
    assert one(vendor, "SELECT count(*) FROM dieu_dong WHERE tu_ngay = '2024-07-20'") == 1


def test_disabled_and_test_accounts_did_log_in(vendor: sqlite3.Connection) -> None:
    """They would change the published rates if they were counted."""
    for condition in ("n.loai = 'TN'", "n.ngay_khoa < '2024-08-01'"):
        question = f"SELECT count(DISTINCT n.ten_dang_nhap) FROM nguoi_dung n JOIN nhat_ky_dang_nhap g USING (ten_dang_nhap) WHERE {condition}"  # noqa: S608
        assert one(vendor, question) >= 3


def test_nobody_has_a_name(vendor: sqlite3.Connection) -> None:
    assert one(vendor, "SELECT count(*) FROM can_bo WHERE ho_ten NOT LIKE 'Cán bộ mô phỏng %'") == 0


def test_effects_name_units_that_exist(vendor: sqlite3.Connection, truth: dict[str, Any]) -> None:
    codes = {code for (code,) in vendor.execute("SELECT ma_don_vi FROM don_vi WHERE da_xoa = 'K'")}
    named = {effect["unit_code"] for effect in truth["effects"] if "unit_code" in effect}
    named |= {code for effect in truth["effects"] for code in effect.get("unit_codes", [])}
    assert named and named <= codes
    tiny = next(effect["unit_code"] for effect in truth["effects"] if effect["name"] == "too_small" and effect["from"] == "2025-07")
    assert 0 < truth["months"]["2026-10"]["units"][tiny]["provisioned_accounts"] < 5


def test_nobody_logs_in_before_activation_or_after_the_lock(vendor: sqlite3.Connection) -> None:
    impossible = """
        SELECT count(*) FROM nguoi_dung n JOIN nhat_ky_dang_nhap g USING (ten_dang_nhap)
        WHERE g.ket_qua = 'TC' AND (n.ngay_kich_hoat IS NULL OR g.thoi_diem < n.ngay_kich_hoat OR g.thoi_diem >= n.ngay_khoa)
    """
    assert one(vendor, impossible) == 0
    assert one(vendor, "SELECT count(*) FROM nguoi_dung WHERE ngay_khoa >= '2024-08-01'") > 100, "officers leave in the later months too"
