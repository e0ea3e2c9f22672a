"""How systems spell "empty" and "for ever": in every kind of column and source, for people before they are hashed, and what of it a refusal tells."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from data.paths import PROJECT, Home
from etl.contract import Column, Kind
from etl.landing.pseudonyms import Pseudonyms
from etl.setup.check_source import check_source
from etl.sources.access_log.parser import did_something, with_accounts
from etl.staging.casts import literal
from etl.staging.spellings import told_spelling
from etl.staging.stage import grouped_reasons, parsing
from tests.etl.landed_and_staged import PSEUDONYMS, Staged, land_and_stage, person, write_source
from tests.etl.staging.test_staging import ZONES
from tests.etl.tiny_system import TinySystem

WORDS = [
    "NULL",
    "null",
    "(null)",
    " \\N ",
    "N/A",
    "None",
    "nil",
    "-",
    "[NULL]",
    "\u2013",
    "\uff0d",
    "----",
    "...",
    "(Trống)",
    "(blank)",
    "n.a.",
    "''",
]
NEGATIONS = ["không", "Không có", "CHƯA", "chu\u031ba có"]
ZEROS = ["0000-00-00", "0000-00-00 00:00:00", "0000-00-00 00:00:00.000000", "0000-00-00T00:00:00Z", "00/00/0000", "00/00/0000 00:00:00"]
BEFORE_ALL = [
    "0001-01-01",
    "0001-01-01T00:00:00",
    "0001-01-01 00:00:00.0000000",
    "1/1/0001 12:00:00 AM",
    "1753-01-01 00:00:00.000",
    "-infinity",
    "1899-12-30",
    "00/01/1900",
    "1/0/1900",
    "00:00:00",
]
AFTER_ALL = [
    "9999-12-31",
    "9999-12-31 23:59:59.997",
    "9999-12-31T23:59:59.9999999Z",
    "31/12/9999",
    "12/31/9999 11:59:59 PM",
    "infinity",
    "2999-12-31",
]


def understood(name: str, kind: Kind, texts: list[str]) -> dict[str, tuple[str | None, str | None]]:
    """By text its value in a column, as text, and why it is none."""
    columns = [Column(name, kind, choices=("login",) if kind == "choice" else ())]
    with duckdb.connect(":memory:") as memory:
        memory.execute("SET TimeZone = 'UTC'")
        memory.register("landed", pa.table({name: texts, "ordinal": range(len(texts))}))
        parsed = f"SELECT CAST({name} AS VARCHAR), fault_reason FROM ({parsing('landed', columns, ZONES, place='ordinal')}) ORDER BY ordinal"  # noqa: S608
        return dict(zip(texts, memory.execute(parsed).fetchall(), strict=True))


@pytest.mark.parametrize("kind", ["key", "text", "choice", "date", "instant", "flag", "integer", "decimal"])
def test_a_word_for_nothing_is_empty_in_every_kind_of_column(kind: Kind) -> None:
    assert understood("it", kind, WORDS) == dict.fromkeys(WORDS, (None, None))


@pytest.mark.parametrize(
    ("name", "kind", "texts"),
    [
        (
            "disabled_at",
            "instant",
            [*ZEROS, *BEFORE_ALL, *AFTER_ALL, "1970-01-01 00:00:00", "1969-12-31T17:00:00Z", "1900-01-01 00:00:00.000", "NA", "NaT", *NEGATIONS],
        ),
        ("valid_from", "date", [*ZEROS, *BEFORE_ALL]),
        ("valid_to", "date", [*ZEROS, *BEFORE_ALL, *AFTER_ALL, "1900-01-01", "1970-01-01 07:00:00"]),
        ("to_on", "date", [*ZEROS, *BEFORE_ALL, *AFTER_ALL, "1900-01-01", "1970-01-01"]),
    ],
)
def test_a_day_that_stands_for_none_leaves_the_column_empty(name: str, kind: Kind, texts: list[str]) -> None:
    assert understood(name, kind, texts) == dict.fromkeys(texts, (None, None))


def test_what_may_be_meant_stays() -> None:
    assert understood("valid_from", "date", ["9999-12-31", "1900-01-01", "2024-00-00"]) == {
        "9999-12-31": ("9999-12-31", "out of range"),
        "1900-01-01": ("1900-01-01", None),
        "2024-00-00": (None, "not a date"),
    }
    assert understood("it", "key", ["NA", "Nil Manel", "0000-00-00"]) == {text: (text, None) for text in ("NA", "Nil Manel", "0000-00-00")}


def test_a_word_for_no_is_no_in_a_flag_and_nothing_elsewhere() -> None:
    assert understood("is_leader", "flag", NEGATIONS) == dict.fromkeys(NEGATIONS, ("false", None))
    for kind in ("key", "text", "choice", "date", "integer", "decimal"):
        assert understood("it", kind, NEGATIONS) == dict.fromkeys(NEGATIONS, (None, None)), kind
    yes, no = ["Có", "co\u0301", "ĐÚNG", "✓", "-1", "1.0", "x", "Y"], ["Sai", "☐", "0.0", "N", "khong", ""]
    assert understood("is_leader", "flag", yes + no) == {**dict.fromkeys(yes, ("true", None)), **dict.fromkeys(no, ("false", None))}


def test_a_word_for_nobody_is_no_person() -> None:
    pseudonyms = Pseudonyms(b"k" * 32)
    assert {pseudonyms.of(word) for word in WORDS + NEGATIONS} == {None}
    assert pseudonyms.of("\ufeffan\u200b ") == pseudonyms.of("an")


def test_the_end_of_a_day_is_that_day_and_as_a_moment_the_next_midnight() -> None:
    assert understood("valid_to", "date", ["2024-07-31 24:00", "2024/07/31 24:00:00"]) == dict.fromkeys(
        ("2024-07-31 24:00", "2024/07/31 24:00:00"), ("2024-07-31", None)
    )
    assert understood("issued_at", "instant", ["2024-07-31T24:00"]) == {"2024-07-31T24:00": ("2024-07-31 17:00:00+00", None)}


def stage_files(root: Path, **content: str) -> dict[str, Staged]:
    """Stages CSV files, one for each entity."""
    home = Home(root)
    toml = 'kind = "files"\ntitle = "Tệp"\n' + "".join(f'[entities.{name}]\nfiles = "{name}.csv"\n' for name in content)
    for name, text in content.items():
        (root / f"{name}.csv").write_text(text, encoding="utf-8")
    write_source(home, "f", toml, **dict.fromkeys(content, "SELECT * EXCLUDE (file_name, row_number) FROM file"))
    return land_and_stage(home, "f")


def test_the_word_null_in_a_file_is_nobody_no_parent_and_no_day(tmp_path: Path) -> None:
    units = "unit_code,name,parent_code,level,pilot_group,valid_from\nR,Gốc,NULL,top,NULL,NULL\nNULL,Lạ,R,top,1,\n"
    declared = "unit_code,metric_base,from_on,to_on,value,declared_by,approved_by\nR,x,2024-07-01,2024-07-31,5,u1,NULL\n"
    found = stage_files(tmp_path, org_unit=units, declared_total=declared)
    (unit,) = found["org_unit"].rows
    assert (unit["parent_code"], unit["pilot_group"], unit["valid_from"]) == (None, None, None)
    assert found["org_unit"].rejects == [(1, "unit_code", "missing")]
    (total,) = found["declared_total"].rows
    assert (total["declared_by"], total["approved_by"]) == (person("u1"), None)
    assert PSEUDONYMS.of("u1") and not PSEUDONYMS.of("NULL")


@pytest.mark.parametrize(
    ("text", "told", "recipe"),
    [
        ("45474", "a number of 5 digits", "DATE '1899-12-30' + CAST({} AS INTEGER)"),
        ("1719792000", "a number of 10 digits", "to_timestamp(CAST({} AS BIGINT))"),
        ("1719792000123", "a number of 13 digits", "to_timestamp(CAST({} AS BIGINT) / 1000)"),
        ("20240701", "20240701", "strptime({}, '%Y%m%d')"),
        ("01/07/24", "01/07/24", "strptime({}, '%d/%m/%y')"),
        ("Ngày 01 tháng 7 năm 2024", "Ngày 01 tháng 7 năm 2024", "regexp_replace({}, '.*?(\\d+) tháng (\\d+) năm (\\d+).*', '\\3-\\2-\\1')"),
        ("0912345678901", "a number of 13 digits", ""),
        ("An Nguyễn 1960", None, ""),
    ],
)
def test_a_day_that_is_none_is_told_and_its_recipe_makes_one_of_it(text: str, told: str | None, recipe: str) -> None:
    column = Column("valid_to", "date")
    with duckdb.connect(":memory:") as memory:
        memory.execute("SET TimeZone = 'UTC'")
        asked = f"SELECT {told_spelling([column], literal('valid_to'), 'landed')} FROM (SELECT ? AS valid_to) landed"  # noqa: S608
        assert memory.execute(asked, [text]).fetchone() == (told,)
        if recipe:
            assert f"`{recipe.format('x')}`" in (PROJECT / "docs" / "connecting.md").read_text(encoding="utf-8")
            (made,) = memory.execute(f"SELECT CAST({recipe.format('?')} AS VARCHAR)", [text]).fetchone() or ("",)
            assert understood("valid_to", "date", [made])[made] == ("2024-07-01", None)


@pytest.mark.usefixtures("without_checks")
def test_a_refusal_names_the_commonest_spellings(tiny: TinySystem) -> None:
    bad = [*["0000-00-00"] * 3, *["2024-13-01"] * 2, "31-06-2024", "2024-02-30 08:00", "Feb 30 2024", "2024-14-01", "2024-15-01"]
    for place, spelling in enumerate(bad):
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


def test_a_column_of_names_in_the_wrong_place_is_not_told() -> None:
    names = [("kind", "unknown value", f"name{'x' * number}", 1) for number in range(11)]
    assert grouped_reasons(names) == [("kind", "unknown value", 11)]
    assert grouped_reasons(names[:2]) == [("kind", "unknown value: name (1), namex (1)", 2)]


def test_an_account_in_a_log_that_is_a_word_for_nobody_is_none() -> None:
    columns = {"account": ["an", "null", "(NULL)", "-", "N/A", ""], "query": None, "status": 200}
    requests = pl.DataFrame(columns, schema_overrides={"query": pl.String})
    assert with_accounts(requests, None, is_escaped=False)["account"].to_list() == ["an", None, None, None, None, None]
    assert did_something(requests, pl.lit(True), None) == 1
