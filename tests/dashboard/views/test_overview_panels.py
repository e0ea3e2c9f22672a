from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from dashboard.session.figures import Figure
from dashboard.session.state import Pinned, Selection
from dashboard.ui.markup import markup
from dashboard.ui.panels.over_time import sparkline
from dashboard.ui.panels.unit_rows import RATES, in_order, unit_cells
from dashboard.ui.selection_bar import period_presets
from dashboard.ui.table_files import Sheet, as_csv
from dashboard.ui.unit_names import Unit, level_labels
from data.organisation import LEVELS
from data.organisation import levels as own_levels
from data.paths import REFERENCE
from metrics.engines import SnapshotInfo

FROM, TO = date(2024, 7, 1), date(2024, 7, 31)


def figure(metric: str, numerator: int | None, denominator: int | None = None) -> Figure:
    value = None if numerator is None or denominator == 0 else float(numerator) if denominator is None else numerator / denominator
    return Figure(metric, None, FROM, TO, numerator, denominator, value)


def test_no_data_no_activity_and_zero_are_three_things() -> None:
    assert figure("x", None).rate_text == "chưa có số liệu"
    assert figure("x", 0, 0).rate_text == "–"
    assert figure("x", 0, 7).rate_text == "0%"
    assert figure("x", 0, 700).rate_text == "0,00%"
    assert figure("x", 1234, 5678).counts_text == "1.234/5.678"


def unit(code: str, label: str) -> Unit:
    return Unit(code, f"Viện {label}", label, "R", "cap_tinh", code, 1, date.min, date.max)


def test_units_without_a_value_come_last_in_either_order() -> None:
    lines = [(unit(code, label), {"activation_rate": figure("activation_rate", n, d)}) for code, label, n, d in UNITS]
    assert [line[0].code for line in in_order(lines, "activation_low")] == ["B", "A", "C", "D"]
    assert [line[0].code for line in in_order(lines, "activation_high")] == ["A", "B", "C", "D"]
    assert [line[0].label for line in in_order(lines, "name")] == ["Ân", "Bình", "Đa", "Em"]
    assert in_order(lines, "tree") == lines


UNITS: list[tuple[str, str, int | None, int | None]] = [("A", "Đa", 3, 4), ("B", "Ân", 1, 4), ("C", "Em", 0, 0), ("D", "Bình", None, None)]


def test_the_csv_has_what_is_shown_and_no_formulas() -> None:
    shown = {"activation_rate": figure("activation_rate", 3, 4), "outgoing_documents": figure("outgoing_documents", 1234)}
    columns, rows = unit_cells([(replace(unit("A", "x"), name='=CMD("x");'), shown)], {"cap_tinh": "Cấp tỉnh"})
    data = as_csv(Sheet("x", "", (), columns, tuple(rows), "vi"))
    assert data.startswith(b"\xef\xbb\xbf")
    header, line = csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";")
    assert line == ['\'=CMD("x");', "Cấp tỉnh", "3/4", "75%", "", "", "", "", "1.234"]
    assert len(header) == len(line)


def test_markup_escapes_names_and_links() -> None:
    evil = '"><script>x</script>'
    above_one = {"activation_rate": figure("activation_rate", 13, 10)}
    lines = [(Unit(evil, evil, evil, "R", evil, None, 1, date.min, date.max), evil, evil, above_one)]
    table = markup("unit_table.html", lines=lines, rates=RATES, more=None, least=0, none=evil)
    assert "<script" not in table
    assert table.count("&lt;script&gt;") == 5
    assert "width:100.00%" in table  # a rate above 1 does not draw out of its frame
    assert "padding-left:24px" in table  # one step below what stands at the edge
    assert "<script" not in markup("unit_table.html", lines=[], rates=RATES, more=None, least=0, none=evil)


@pytest.mark.parametrize("values", [(), (None,), (0.5,), (None, 0.5, None)])
def test_a_line_needs_two_points(values: tuple[float | None, ...]) -> None:
    assert "mask" not in sparkline(values, "x")


def test_a_line_is_drawn_through_gaps_and_described() -> None:
    line = sparkline((0.1, None, 0.3), 'theo tuần "x"')
    assert "mask-image" in line
    assert 'aria-label="theo tuần &#34;x&#34;"' in line


def test_presets_reach_over_the_data_and_begin_with_pinned_periods() -> None:
    from datetime import UTC, datetime

    info = SnapshotInfo("s", 1, datetime(2025, 1, 9, tzinfo=UTC), datetime(2025, 1, 8, tzinfo=UTC), FROM, "Asia/Ho_Chi_Minh", True, "")
    presets = period_presets(info, [Pinned("Thí điểm", Selection(None, FROM, TO, "pilot"))], "vi")
    names = list(presets.values())
    weeks = ["Tuần này: 6/1 – 8/1/2025", "Tuần trước: 30/12/2024 – 5/1/2025", "7 ngày gần nhất: 2/1 – 8/1/2025"]
    assert names[:6] == ["◆ Thí điểm: 1/7 – 31/7/2024", *weeks, "Tháng 1/2025", "Tháng 12/2024"]
    assert "Tháng 6/2024" not in names
    assert {"Quý III/2024", "Quý I/2025", "Năm 2024", "Năm 2025"} <= set(names)
    assert "Tháng 7/2024" not in names  # the same days as the pinned period
    assert "Nửa năm: 1/7 – 31/12/2024" in names
    assert "Năm công tác (1/12 – 30/11): 1/12/2024 – 30/11/2025" in names
    assert "Tháng báo cáo (ngày 15 – 14): 15/12/2024 – 14/1/2025" in names
    assert "Năm báo cáo (15/12 – 14/12): 15/12/2024 – 14/12/2025" in names


def test_levels_are_called_without_the_organisations_name() -> None:
    levels = pl.DataFrame([level._asdict() for level in own_levels(REFERENCE / LEVELS)])
    labels = level_labels(levels, "vi", "Viện kiểm sát nhân dân", "VKSND")
    assert labels["cap_tinh"] == "Cấp tỉnh"
    assert labels["don_vi_toi_cao"] == "Đơn vị thuộc VKSND tối cao"
    assert level_labels(levels, "vi", "", "")["cap_tinh"].startswith("Viện")
