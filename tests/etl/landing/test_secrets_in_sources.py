"""Nothing that must not be kept is on disk after a run: no secret document, no person's key, no text that no mapping asked for."""

from __future__ import annotations

import gzip
import unicodedata
from pathlib import Path

import duckdb
import pytest

from data.errors import VanbanError
from data.snapshot import published_snapshot
from etl.landing.pseudonyms import Pseudonyms
from tests.etl.tiny_system import KEY, TinySystem

PERSON = "nguyen.canary.0427"
SECRET = "CANARY-MAT-7731"
SUBJECT = "trích yếu canary 5519"

MARKINGS = [
    "mật",
    "MAT",
    "tối mật",
    "Ordinary",
    "ORDINARY",
    "ordinary ",
    " ordinary",
    "thường",
    "0",
    "",
    None,
    "ordi\u200bnary",
    "ordinary\u0000",
    "оrdinary",
]


def traces(folder: Path, *canaries: str) -> list[tuple[str, str]]:
    """Files that hold a canary in any of the encodings that a text could end in, Parquet and DuckDB also by their values."""
    spellings = {form: [] for form in ("NFC", "NFD")}
    needles: list[tuple[str, bytes]] = []
    for canary in canaries:
        for form in spellings:
            text = unicodedata.normalize(form, canary)
            needles += [(canary, text.encode("utf-8")), (canary, text.encode("utf-16-le")), (canary, text.encode("utf-8").hex().encode())]
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes() + readable(path)
            found += [(path.name, canary) for canary, needle in needles if needle in content]
    return found


def readable(path: Path) -> bytes:
    """What compression hides from a plain search."""
    if path.suffix == ".parquet":
        with duckdb.connect(":memory:") as memory:
            return repr(memory.execute("SELECT COLUMNS(*)::VARCHAR FROM read_parquet(?)", [str(path)]).fetchall()).encode()
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as snapshot:
            tables = [name for (name,) in snapshot.execute("SELECT schema_name || '.' || table_name FROM duckdb_tables()").fetchall()]
            return repr([snapshot.execute(f"SELECT COLUMNS(*)::VARCHAR FROM {name}").fetchall() for name in tables]).encode()  # noqa: S608
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else b""


def planted(tiny: TinySystem) -> None:
    tiny.add("account", account_key=PERSON)
    tiny.add("access_event", account_key=PERSON, kind="login")
    tiny.add("access_event", account_key=PERSON, kind="an unknown kind")
    for place, marking in enumerate(MARKINGS):
        tiny.add("document", document_key=f"{SECRET}-{place}", number=SECRET, security_level=marking)
        tiny.add("delivery", document_key=f"{SECRET}-{place}", security_level=marking)
    tiny.save()


def test_secret_rows_in_every_spelling_are_dropped_and_counted(tiny: TinySystem) -> None:
    planted(tiny)
    result = tiny.run()
    assert tiny.account_of(result, "document") == (1 + len(MARKINGS), 1, 0, len(MARKINGS), 0)
    assert tiny.account_of(result, "delivery") == (1 + len(MARKINGS), 1, 0, len(MARKINGS), 0)
    assert tiny.account_of(result, "access_event") == (3, 2, 0, 0, 1)
    assert traces(tiny.home.var, PERSON, SECRET, SUBJECT) == []


def test_nothing_is_left_by_a_run_that_fails_either(tiny: TinySystem) -> None:
    planted(tiny)
    tiny.rows["org_unit"][0]["parent_code"] = "A"
    with pytest.raises(VanbanError):
        tiny.save_and_run()
    tiny.rows["org_unit"][0]["parent_code"] = None
    tiny.save()
    tiny.write_sql("document", f"SELECT *, '{SUBJECT}' AS subject FROM document")  # noqa: S608
    with pytest.raises(VanbanError):
        tiny.run()
    assert traces(tiny.home.var, PERSON, SECRET, SUBJECT) == []


def test_the_search_would_find_what_it_looks_for(tiny: TinySystem) -> None:
    tiny.add("document", document_key=SECRET)
    tiny.save_and_run()
    assert {name.rpartition(".")[2] for name, _ in traces(tiny.home.var, SECRET)} == {"parquet", "duckdb"}


def test_a_boundary_that_a_database_does_not_keep_is_kept_here(tiny: TinySystem, monkeypatch: pytest.MonkeyPatch) -> None:
    """MySQL compares without regard to case and closing blanks: such rows arrive, and are dropped before anything is written."""
    from etl.sources.database import source as database

    monkeypatch.setattr(database, "_ORDINARY_ROWS", "lower(trim(q.security_level)) = 'ordinary'")
    real = database.Query.wrapped

    def loosely(self: database.Query, select: str, condition: str = "") -> str:
        return real(self, select.replace("q.security_level = 'ordinary'", "lower(trim(q.security_level)) = 'ordinary'"), condition)

    monkeypatch.setattr(database.Query, "wrapped", loosely)
    planted(tiny)
    result = tiny.run()
    assert tiny.account_of(result, "document") == (1 + len(MARKINGS), 1, 0, len(MARKINGS), 0)
    assert traces(tiny.home.var, SECRET) == []


def test_people_are_told_apart_by_key_and_not_by_spelling() -> None:
    pseudonyms = Pseudonyms(KEY.encode())
    assert pseudonyms.of("Phòng") == pseudonyms.of(unicodedata.normalize("NFD", "  Phòng\t"))
    assert pseudonyms.of("phòng") != pseudonyms.of("Phòng")
    assert pseudonyms.of("  ") is None
    assert pseudonyms.of(None) is None
    assert Pseudonyms(b"another key of the same length!!").of("Phòng") != pseudonyms.of("Phòng")
    assert len(pseudonyms.of("Phòng") or "") == 64
    assert KEY not in repr(pseudonyms)


def test_names_in_nfd_become_one_unit(tiny: TinySystem) -> None:
    tiny.rows["org_unit"][1]["name"] = unicodedata.normalize("NFD", "Viện kiểm sát Hoà Bình")
    tiny.rows["org_unit"][1]["unit_code"] = unicodedata.normalize("NFD", "Đ-Hoà")
    for entity in ("account", "document"):
        for row in tiny.rows[entity]:
            row["unit_code"] = "Đ-Hoà" if row["unit_code"] == "A" else row["unit_code"]
    result = tiny.save_and_run()
    assert result.warnings == ()
    assert tiny.ask("SELECT name FROM org_unit WHERE unit_code = 'Đ-Hoà'") == [("Viện kiểm sát Hoà Bình",)]
    assert published_snapshot(tiny.home.pointer).is_file()
