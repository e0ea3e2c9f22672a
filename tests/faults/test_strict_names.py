"""P7: a column that SQLite would take for a piece of text when it is gone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from data.errors import ConfigurationError
from data.paths import Home
from etl.sources.database.sqlite import with_strict_names
from tests.etl.landed_and_staged import land_and_stage, write_source


@pytest.mark.parametrize(
    ("statement", "spelt"),
    [
        ('SELECT "Số" AS "số" FROM "bảng"', "SELECT `Số` AS `số` FROM `bảng`"),
        ('SELECT \'nói "gì" \'\'đó\' AS a -- "b"\n, "c"', "SELECT 'nói \"gì\" ''đó' AS a -- \"b\"\n, `c`"),
        ('SELECT /* "a */ [b"c], `d"e`, "f""g", "h`i"', 'SELECT /* "a */ [b"c], `d"e`, `f"g`, `h``i`'),
    ],
)
def test_names_are_told_from_text(statement: str, spelt: str) -> None:
    assert with_strict_names(statement) == spelt


def test_a_dropped_column_with_a_quoted_name_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.environment.write_text("URL=sqlite:///{home}/a.sqlite\n", encoding="utf-8")
    sql = 'SELECT "Mã" AS unit_code, \'x\' AS metric_base, "Từ" AS from_on, \'2024-07-31\' AS to_on, 5 AS value, "Ghi chú" AS source_note FROM "Bảng"'
    write_source(home, "so", 'kind = "database"\ntitle = "x"\nurl_env = "URL"\n[entities.declared_total]\n', declared_total=sql)
    with sqlite3.connect(tmp_path / "a.sqlite") as database:
        database.execute('CREATE TABLE "Bảng" ("Mã", "Từ", "Ghi chú")')
        database.execute("INSERT INTO \"Bảng\" VALUES ('A', '2024-07-01', 'một')")
    assert [row["source_note"] for row in land_and_stage(home, "so")["declared_total"].rows] == ["một"]
    with database:
        database.execute('ALTER TABLE "Bảng" DROP COLUMN "Ghi chú"')
    database.close()
    with pytest.raises(ConfigurationError, match=r"declared_total\.sql failed: no such column: Ghi chú"):
        land_and_stage(home, "so")
