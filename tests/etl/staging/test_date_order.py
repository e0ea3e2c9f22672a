"""Dates whose order of day and month the data leave open stop a run, until the source states it; nothing is swapped in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from data.errors import ConfigurationError, DataRefused
from data.paths import Home
from etl.setup.check_source import check_source
from tests.etl.landed_and_staged import land_and_stage, write_source
from tests.etl.tiny_system import TinySystem

AMERICAN = [f"{month:02}/{day:02}/2024 08:00" for month in range(1, 13) for day in (1, 5, 9, 11, 20, 28)]
"""As a program writes documents of a year: most can be read both ways, some only with the month first."""


def add_documents(tiny: TinySystem, *issued: str) -> None:
    for text in issued:
        tiny.add("document", document_key=f"d {text}", issued_at=text)
    tiny.save()


def state(tiny: TinySystem, line: str) -> None:
    file = tiny.folder / "source.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[entities.document]\n", f"[entities.document]\n{line}\n"), encoding="utf-8")


def days(tiny: TinySystem) -> list[str]:
    return [str(day) for (day,) in tiny.ask("SELECT issued_on FROM document WHERE document_key <> 'd1' ORDER BY document_key")]


@pytest.mark.usefixtures("without_checks")
def test_dates_with_the_month_first_stop_the_run_until_the_source_says_so(tiny: TinySystem) -> None:
    add_documents(tiny, *AMERICAN)
    with pytest.raises(DataRefused) as refused:
        tiny.run()
    parts = (
        "source tiny",
        "document.issued_at",
        "can be read either way, such as 01/05/2024: day 1 of month 5, or day 5 of month 1",
        "24 can be read with the month first alone, such as 01/20/2024",
        'date_order = "month-first" below [entities.document]',
    )
    for part in parts:
        assert part in str(refused.value)
    assert not tiny.home.pointer.exists()
    (looked_at,) = (entity for entity in check_source(tiny.settings, "tiny").entities if entity.entity == "document")
    assert "document.issued_at has to be stated" in looked_at.problem
    state(tiny, 'date_order = "month-first"')
    assert tiny.run().rows_rejected == 0
    assert days(tiny)[:6] == ["2024-01-01", "2024-01-05", "2024-01-09", "2024-01-11", "2024-01-20", "2024-01-28"]


@pytest.mark.usefixtures("without_checks")
def test_dates_that_show_no_order_stop_the_run_and_a_day_above_twelve_shows_it(tiny: TinySystem) -> None:
    add_documents(tiny, "03/04/2024", "05.04.2024")
    with pytest.raises(DataRefused, match=r"2 can be read either way, such as 03/04/2024: day 3 of month 4, or day 4 of month 3"):
        tiny.run()
    add_documents(tiny, "31/12/2024")
    tiny.run()
    assert days(tiny) == ["2024-04-03", "2024-04-05", "2024-12-31"]


@pytest.mark.usefixtures("without_checks")
def test_dates_of_both_orders_stop_the_run_and_a_stated_order_refuses_the_others(tiny: TinySystem) -> None:
    add_documents(tiny, "31/12/2024", "12/30/2024")
    with pytest.raises(DataRefused, match="1 can be read with the day first alone, such as 31/12/2024; 1 can be read with the month first alone"):
        tiny.run()
    tiny.write_toml(extra='date_order = "day-first"\n')
    assert tiny.account_of(tiny.run(), "document") == (3, 2, 0, 0, 1)
    state(tiny, 'date_order = "month-first"')  # for one entity, against the whole source's; what is kept is read anew
    tiny.run()
    assert days(tiny) == ["2024-12-30"]


def test_the_last_day_shows_how_the_first_one_is_meant(tmp_path: Path) -> None:
    home = Home(tmp_path)
    toml = 'kind = "files"\ntitle = "Tệp"\n[entities.declared_total]\nfiles = "*.csv"\n'
    write_source(home, "f", toml, declared_total="SELECT * EXCLUDE (file_name, row_number) FROM file")
    (tmp_path / "1.csv").write_text("unit_code,metric_base,from_on,to_on,value\nA,x,01/07/2024,31/07/2024,5\n", encoding="utf-8")
    (row,) = land_and_stage(home, "f")["declared_total"].rows
    assert (row["from_on"], row["to_on"]) == ("2024-07-01", "2024-07-31")


def test_dates_that_are_the_same_in_both_orders_need_no_word(tiny: TinySystem, without_checks: None) -> None:
    add_documents(tiny, "05/05/2024", "2024-04-03 08:00:00")
    tiny.run()
    assert days(tiny) == ["2024-05-05", "2024-04-03"] or days(tiny) == ["2024-04-03", "2024-05-05"]


def test_an_order_that_is_none_is_an_error_that_names_the_words(tiny: TinySystem) -> None:
    state(tiny, 'date_order = "mdy"')
    with pytest.raises(ConfigurationError, match=r'\[entities.document\]: date_order is .mdy.. Write "day-first" or "month-first"'):
        tiny.run()


def test_a_later_file_is_read_in_the_order_that_the_earlier_ones_showed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    toml = 'kind = "files"\ntitle = "Tệp"\n[entities.access_event]\nfiles = "*.csv"\n'
    write_source(home, "f", toml, access_event="SELECT account_key, occurred_at, kind FROM file")
    (tmp_path / "1.csv").write_text("account_key,occurred_at,kind\nu,31/01/2024,login\n", encoding="utf-8")
    (tmp_path / "2.csv").write_text("account_key,occurred_at,kind\nu,03/02/2024,login\n", encoding="utf-8")
    assert [row["occurred_on"] for row in land_and_stage(home, "f")["access_event"].rows] == ["2024-01-31", "2024-02-03"]


def test_old_days_of_workbooks_and_parquet_stay_the_days_that_they_show(tmp_path: Path) -> None:
    old = [date(1960, 7, 26), date(1945, 9, 2), date(1975, 6, 13)]
    with xlsxwriter.Workbook(str(tmp_path / "x.xlsx"), {"default_date_format": "dd/mm/yyyy hh:mm"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["unit_code", "name", "level", "valid_from"])
        for number, day in enumerate(old, start=1):
            sheet.write_row(number, 0, [f"x{number}", "Đơn vị", "top", day])
    moments = pa.array([(day - date(1970, 1, 1)).days * 86_400_000_000 for day in old], pa.timestamp("us"))
    names = pa.table({"unit_code": ["p0", "p1", "p2"], "name": ["Đơn vị"] * 3, "level": ["top"] * 3, "valid_from": moments})
    pq.write_table(names, tmp_path / "p.parquet")
    home = Home(tmp_path)
    for name, file in (("xlsx", "x.xlsx"), ("parquet", "p.parquet")):
        toml = f'kind = "files"\ntitle = "Tệp"\n[entities.org_unit]\nfiles = "{file}"\n'
        write_source(home, name, toml, org_unit="SELECT unit_code, name, level, valid_from FROM file")
        assert [row["valid_from"] for row in land_and_stage(home, name)["org_unit"].rows] == [str(day) for day in old]
