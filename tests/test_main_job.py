"""The main job as its operator meets it: one changed row, a second run, and everything that can be wrong with a source.

All through the command line, on a copy of the sample's home; after each failure the figures published before are still served.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run_vanban

Figures = dict[tuple[str, str | None], tuple[int | None, int | None]]
JULY = ("--from", "2024-07-01", "--to", "2024-07-31")


@pytest.fixture
def home(small_demo: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(small_demo, tmp_path / "home"))


def figures(home: Path, *which: str) -> Figures:
    finished = run_vanban("metrics", *JULY, "--by", "unit", "--format", "json", *which, home=home)
    assert finished.returncode == 0, finished.stderr
    return {(row["metric"], row["unit_code"]): (row["numerator"], row["denominator"]) for row in json.loads(finished.stdout)}


def snapshot(home: Path) -> str:
    name: str = json.loads((home / "var" / "snapshots" / "current.json").read_text(encoding="utf-8"))["snapshot"]
    return name


def change(home: Path, sql: str, *values: object) -> Any:
    with sqlite3.connect(home / "sample" / "qlvb.sqlite") as database:
        cursor = database.execute(sql, values)
        answer = cursor.fetchone()
    database.close()
    return answer


def difference(before: Figures, after: Figures, unit: str | None) -> dict[str, tuple[int, int]]:
    """What changed for one unit: metric -> (change of the numerator, change of the denominator)."""
    changed = {}
    for metric, code in before:
        if code == unit and before[metric, code] != after[metric, code]:
            (n0, d0), (n1, d1) = before[metric, code], after[metric, code]
            changed[metric] = ((n1 or 0) - (n0 or 0), (d1 or 0) - (d0 or 0))
    return changed


def test_one_changed_row_changes_the_figure_by_exactly_that_row(home: Path) -> None:
    before = figures(home)
    document, unit = change(
        home,
        "SELECT ma_van_ban, ma_don_vi FROM van_ban_di WHERE hinh_thuc = 'DT' AND da_xoa = 'K' AND do_mat = '0' AND trang_thai = '03'"
        " AND ngay_ban_hanh LIKE '2024-07-1%' AND ma_don_vi LIKE 'VKSTC-%' LIMIT 1",
    )
    change(home, "UPDATE van_ban_di SET hinh_thuc = 'SS' WHERE ma_van_ban = ?", document)
    assert run_vanban("etl", "run", home=home).returncode == 0
    after = figures(home)

    one_more_parallel = {
        "outgoing_electronic": (-1, 0),
        "outgoing_parallel": (1, 0),
        "fully_electronic_ratio": (-1, 0),
        "parallel_ratio": (1, 0),
    }
    changed = difference(before, after, None)
    assert {metric: changed[metric] for metric in one_more_parallel} == one_more_parallel
    assert set(changed) - set(one_more_parallel) <= {"paper_pages_saved"}
    assert difference(before, after, unit).keys() == changed.keys()
    untouched = {code for _, code in before} - {None, unit, "VKSTC"}
    assert not any(difference(before, after, code) for code in untouched)


def test_one_more_activated_account(home: Path) -> None:
    before = figures(home)
    change(
        home,
        "UPDATE nguoi_dung SET ngay_kich_hoat = '2024-07-31 23:59:59' WHERE ten_dang_nhap = (SELECT ten_dang_nhap FROM nguoi_dung"
        " WHERE ngay_kich_hoat IS NULL AND ngay_khoa IS NULL AND loai = 'CB' AND da_xoa = 'K' AND ngay_cap < '2024-07-01' LIMIT 1)",
    )
    assert run_vanban("etl", "run", home=home).returncode == 0
    changed = difference(before, figures(home), None)
    assert changed["activation_rate"] == (1, 0)
    assert changed["login_rate"] == (0, 1)


def test_a_second_run_changes_nothing(home: Path) -> None:
    before, published = figures(home), snapshot(home)
    finished = run_vanban("etl", "run", home=home)
    assert finished.returncode == 0
    assert "Nothing has changed" in finished.stderr
    assert snapshot(home) == published
    assert figures(home) == before


def test_a_second_demo_uses_what_stands(home: Path) -> None:
    published = snapshot(home)
    built = (home / "sample" / "qlvb.sqlite").stat().st_mtime_ns
    finished = run_vanban("demo", "--no-serve", "--scale", "0.01", home=home)
    assert finished.returncode == 0
    assert (home / "sample" / "qlvb.sqlite").stat().st_mtime_ns == built
    assert len((home / "var" / "runs.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    (home / "var" / "snapshots" / "current.json").unlink()  # as after a demo that was interrupted before it published
    assert run_vanban("demo", "--no-serve", "--scale", "0.01", home=home).returncode == 0
    assert snapshot(home).endswith(published[-8:]), "the same content, published again"


def test_a_rebuild_from_the_landing_gives_the_same_content(home: Path) -> None:
    before = figures(home)
    (home / "sample" / "qlvb.sqlite").unlink()  # a rebuild asks no source
    finished = run_vanban("etl", "rebuild", home=home)
    assert finished.returncode == 0, finished.stderr
    assert figures(home) == before
    runs = [json.loads(line) for line in (home / "var" / "runs.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len({run["content_hash"] for run in runs}) == 1


def set_url(home: Path, url: str) -> None:
    (home / "vanban.env").write_text(f"QLVB_URL={url}\n", encoding="utf-8")


def point_nowhere(home: Path) -> None:
    set_url(home, "sqlite:///{home}/sample/gone.sqlite")


def point_to_a_closed_port(home: Path) -> None:
    set_url(home, "postgresql+psycopg://reader:geheim-7@127.0.0.1:1/qlvb")


def forget_the_url(home: Path) -> None:
    (home / "vanban.env").unlink()


def drop_a_column(home: Path) -> None:
    change(home, "ALTER TABLE van_ban_di DROP COLUMN so_trang")


def drop_a_contract_column(home: Path) -> None:
    mapping = home / "sources" / "qlvb" / "account.sql"
    mapping.write_text(mapping.read_text(encoding="utf-8").replace("AS provisioned_at", "AS provisioned"), encoding="utf-8")


def empty_a_table(home: Path) -> None:
    change(home, "DELETE FROM nguoi_dung")


def halve_the_configuration(home: Path) -> None:
    text = (home / "vanban.toml").read_text(encoding="utf-8")
    (home / "vanban.toml").write_text(text[: text.index("[etl]") + 9] + '\nsources = ["qlvb', encoding="utf-8")


def halve_a_source(home: Path) -> None:
    (home / "sources" / "qlvb" / "source.toml").write_text('kind = "database"\nurl_env = "QLV', encoding="utf-8")


def misspell_a_setting(home: Path) -> None:
    text = (home / "vanban.toml").read_text(encoding="utf-8")
    (home / "vanban.toml").write_text(text.replace("keep_snapshots", "keep_snapshot"), encoding="utf-8")


def truncate_the_database(home: Path) -> None:
    path = home / "sample" / "qlvb.sqlite"
    path.write_bytes(path.read_bytes()[:100_000])


def remove_the_workbook(home: Path) -> None:
    shutil.rmtree(home / "sample" / "khai_bao")


def damage_the_workbook(home: Path) -> None:
    for path in (home / "sample" / "khai_bao").glob("*.xlsx"):
        path.write_bytes(path.read_bytes()[:1000])


TROUBLES = [
    (point_nowhere, 3, "gone.sqlite"),
    (point_to_a_closed_port, 3, "127.0.0.1"),
    (forget_the_url, 2, "QLVB_URL"),
    (drop_a_column, 2, "so_trang"),
    (drop_a_contract_column, 2, "provisioned_at"),
    (empty_a_table, 1, "account"),
    (halve_the_configuration, 2, "vanban.toml"),
    (halve_a_source, 2, "source.toml"),
    (misspell_a_setting, 2, "keep_snapshot"),
    (truncate_the_database, 3, "qlvb"),
    (remove_the_workbook, 3, "khai_bao"),
    (damage_the_workbook, 3, "khai_bao"),
]


@pytest.mark.parametrize(("trouble", "code", "says"), TROUBLES, ids=[trouble.__name__ for trouble, *_ in TROUBLES])
def test_trouble_ends_with_one_plain_message_and_the_old_figures_stay(home: Path, trouble: Any, code: int, says: str) -> None:
    published = snapshot(home)
    trouble(home)
    finished = run_vanban("etl", "run", home=home)
    assert finished.returncode == code, finished.stderr
    message = next(line for line in finished.stderr.splitlines() if line.startswith("vanban: "))
    assert says in message
    assert message.rstrip().endswith((".", ")"))
    assert "Traceback" not in finished.stderr
    assert "geheim-7" not in finished.stderr + (home / "var" / "runs.jsonl").read_text(encoding="utf-8")
    assert snapshot(home) == published
    if trouble is not halve_the_configuration:  # without it no home is known as one
        assert figures(home, "--metric", "activation_rate")["activation_rate", None][1]


def test_a_locked_database_is_said_to_be_locked(home: Path) -> None:
    with sqlite3.connect(home / "sample" / "qlvb.sqlite", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        finished = run_vanban("etl", "run", home=home)
        other.execute("ROLLBACK")
    other.close()
    assert finished.returncode == 3
    assert "locked" in finished.stderr
    assert run_vanban("etl", "run", home=home).returncode == 0
