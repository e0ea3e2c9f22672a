"""How systems spell "empty" and "for ever": in every kind of column and source, for people before they are hashed, and what of it a refusal tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.paths import Home
from etl.landing.pseudonyms import Pseudonyms
from etl.setup.check_source import check_source
from etl.sources.access_log.parser import did_something, with_accounts
from tests.etl.landed_and_staged import PSEUDONYMS, Staged, land_and_stage, person, write_source
from tests.etl.staging.test_staging import cast
from tests.etl.tiny_system import TinySystem

WORDS = ["NULL", "null", "(null)", " \\N ", "N/A", "None", "nil", "-", "[NULL]", "\u2013"]
ZEROS = ["0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00.000000", "0000-00-00T00:00:00Z", "00/00/0000", "00/00/0000 00:00:00"]
BEFORE_ALL = ["0001-01-01", "0001-01-01T00:00:00", "0001-01-01 00:00:00.0000000", "1/1/0001 12:00:00 AM", "1753-01-01 00:00:00.000", "-infinity", "1899-12-30"]
AFTER_ALL = ["9999-12-31", "9999-12-31 23:59:59.997", "9999-12-31T23:59:59.9999999Z", "31/12/9999", "12/31/9999 11:59:59 PM", "infinity", "2999-12-31"]


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("kind", ["key", "text", "choice", "date", "instant", "flag", "integer", "decimal"])
def test_a_word_for_nothing_is_empty_in_every_kind_of_column(kind: str, text: str) -> None:
    assert cast(kind, text) == (None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", [*ZEROS, *BEFORE_ALL, *AFTER_ALL, "1970-01-01 00:00:00", "1900-01-01 00:00:00.000", "NA", "NaT"])
def test_a_day_that_stands_for_none_leaves_an_instant_empty(text: str) -> None:
    assert cast("instant", text) == (None, None)
    assert cast("instant", text, name="disabled_at") == (None, None)


@pytest.mark.parametrize("text", [*ZEROS, *BEFORE_ALL])
def test_a_unit_that_begins_before_all_days_has_no_first_day(text: str) -> None:
    assert cast("date", text, name="valid_from") == (None, None)


@pytest.mark.parametrize("text", [*ZEROS, *AFTER_ALL])
def test_a_unit_that_ends_after_all_days_has_no_last_day(text: str) -> None:
    assert cast("date", text, name="valid_to") == (None, None)


def test_what_may_be_meant_stays() -> None:
    assert cast("date", "9999-12-31", name="valid_from")[1] == "out of range"
    assert str(cast("date", "1900-01-01", name="valid_from")[0]) == "1900-01-01"
    assert cast("date", "2024-00-00", name="valid_from") == (None, "not a date")
    assert cast("key", "NA") == ("NA", None)
    assert cast("text", "Nil Manel") == ("Nil Manel", None)


@pytest.mark.parametrize("word", ["NULL", " null ", "\\N", "N/A", "(null)", "none", "nil", "-"])
def test_a_word_for_nobody_is_no_person(word: str) -> None:
    assert Pseudonyms(b"k" * 32).of(word) is None


def stage_files(root: Path, options: str = "", **tables: tuple[str, str]) -> dict[str, Staged]:
    """Stages CSV files, each with its SELECT's columns and content."""
    home = Home(root)
    toml = f'kind = "files"\ntitle = "Tệp"\ntime_zone = "Asia/Ho_Chi_Minh"\n{options}'
    toml += "".join(f'[entities.{name}]\nfiles = "{name}.csv"\n' for name in tables)
    for name, (_, content) in tables.items():
        (root / f"{name}.csv").write_text(content, encoding="utf-8")
    write_source(home, "f", toml, **{name: f"SELECT {columns} FROM file" for name, (columns, _) in tables.items()})  # noqa: S608
    return land_and_stage(home, "f")


def test_the_word_null_in_a_file_is_nobody_no_parent_and_no_day(tmp_path: Path) -> None:
    found = stage_files(
        tmp_path,
        org_unit=("* EXCLUDE (file_name, row_number)", "unit_code,name,parent_code,level,pilot_group,valid_from\nR,Gốc,NULL,top,NULL,NULL\nNULL,Lạ,R,top,1,\n"),
        declared_total=("* EXCLUDE (file_name, row_number)", "unit_code,metric_base,from_on,to_on,value,declared_by,approved_by\nR,x,2024-07-01,2024-07-31,5,u1,NULL\n"),
    )
    (unit,) = found["org_unit"].rows
    assert (unit["parent_code"], unit["pilot_group"], unit["valid_from"]) == (None, None, None)
    assert found["org_unit"].rejects == [(1, "unit_code", "missing")]
    (declared,) = found["declared_total"].rows
    assert (declared["declared_by"], declared["approved_by"]) == (person("u1"), None)
    assert PSEUDONYMS.of("u1") and not PSEUDONYMS.of("NULL")


@pytest.mark.usefixtures("without_checks")
def test_a_refusal_names_the_commonest_spellings(tiny: TinySystem) -> None:
    for place, spelling in enumerate(["0000-00-00"] * 3 + ["2024-13-01"] * 2 + ["31-06-2024", "2024-02-30 08:00", "Feb 30 2024", "2024-14-01", "2024-15-01"]):
        tiny.add("document", document_key=f"bad {place}", issued_at=spelling)
    tiny.add("document", document_key="NULL")
    tiny.add("document", document_key="d9", issued_at="Nguyễn Văn A 1960")
    tiny.add("access_event", account_key="null")
    tiny.add("access_event", kind="logon")
    tiny.save()
    (looked_at,) = (entity for entity in check_source(tiny.settings, "tiny").entities if entity.entity == "document")
    result = tiny.run()
    reasons = tiny.ask("SELECT entity, column_name, reason, rows FROM reject_reason ORDER BY ALL")
    assert reasons == [
        ("access_event", "account_key", "missing", 1),
        ("access_event", "kind", "unknown value: logon (1)", 1),
        ("document", "document_key", "missing: NULL (1)", 1),
        ("document", "issued_at", "missing: 0000-00-00 (3)", 3),
        (
            "document",
            "issued_at",
            "not a point in time: 2024-13-01 (2), 2024-02-30 08:00 (1), 2024-14-01 (1), 2024-15-01 (1), 31-06-2024 (1) and 1 more",
            8,
        ),
    ]
    assert sorted(looked_at.refused) == sorted((column, reason, rows) for entity, column, reason, rows in reasons if entity == "document")
    assert "issued_at: missing: 0000-00-00 (3), 3" in " ".join(result.warnings)


def test_an_account_in_a_log_that_is_a_word_for_nobody_is_none() -> None:
    import polars as pl

    requests = pl.DataFrame({"account": ["an", "null", "(NULL)", "-", "N/A", ""], "query": None, "status": 200}, schema_overrides={"query": pl.String})
    assert with_accounts(requests, None, is_escaped=False)["account"].to_list() == ["an", None, None, None, None, None]
    assert did_something(requests, pl.lit(True), None) == 1


def test_a_text_that_looks_like_a_day_of_zeros_stays() -> None:
    assert cast("text", "0000-00-00") == ("0000-00-00", None)
