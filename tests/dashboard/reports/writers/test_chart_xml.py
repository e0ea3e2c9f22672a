"""Native charts: the drawing and the workbook behind it say the same, and nothing in either is run."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from dashboard.reports.content.blocks import Chart
from dashboard.reports.layout.chart_values import axis_end, has_labels
from dashboard.reports.layout.printable_text import clipped
from dashboard.reports.writers.chart_xml import chart_workbook, chart_xml
from tests.dashboard.reports.sample_report import BARS, COLUMNS, HOSTILE, LINE, PROVENANCE, STACKED

C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
AT = PROVENANCE.published_at
CHARTS = [BARS, COLUMNS, STACKED, LINE, replace(COLUMNS, target=500.0), replace(STACKED, target=500.0)]


def cached(xml: bytes) -> dict[str, list[float | None]]:
    """Series by name with their values, as the drawing holds them."""
    found: dict[str, list[float | None]] = {}
    for series in ElementTree.fromstring(xml).iter(f"{C}ser"):
        cache = series.find(f"{C}val/{C}numRef/{C}numCache")
        assert cache is not None
        values: list[float | None] = [None] * int(cache.find(f"{C}ptCount").get("val"))  # type: ignore[union-attr, arg-type]
        for point in cache.iter(f"{C}pt"):
            values[int(point.get("idx") or 0)] = float(point.findtext(f"{C}v") or "nan")
        found[series.findtext(f"{C}tx/{C}strRef/{C}strCache/{C}pt/{C}v") or ""] = values
    return found


def rows(workbook: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()  # type: ignore[return-value]


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: f"{chart.key}-{chart.target}")
def test_drawing_and_workbook_hold_the_values_of_the_chart(chart: Chart) -> None:
    xml, sheet = chart_xml(chart, "vi"), rows(chart_workbook(chart, "vi", AT))
    wanted = {one.name: list(one.values) for one in chart.series}
    if chart.target is not None:
        wanted["Chỉ tiêu"] = [chart.target] * len(chart.categories)
    assert cached(xml) == wanted
    assert [row[0] for row in sheet[1:]] == list(chart.categories)
    by_name = {name: [row[place] if row[place] != "" else None for row in sheet[1:]] for place, name in enumerate(sheet[0]) if place}
    assert by_name == wanted


@pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: f"{chart.key}-{chart.target}")
def test_every_reference_of_the_drawing_points_at_its_cells(chart: Chart) -> None:
    sheet = rows(chart_workbook(chart, "vi", AT))
    for series in ElementTree.fromstring(chart_xml(chart, "vi")).iter(f"{C}ser"):
        reference = series.findtext(f"{C}val/{C}numRef/{C}f") or ""
        column = ord(reference[len("Sheet1!$")]) - ord("A")
        assert reference.endswith(f"${len(chart.categories) + 1}")
        assert sheet[0][column] == series.findtext(f"{C}tx/{C}strRef/{C}strCache/{C}pt/{C}v")


def test_a_target_is_a_line_over_columns_and_a_hollow_bar_around_bars() -> None:
    over = ElementTree.fromstring(chart_xml(replace(COLUMNS, target=500.0), "vi"))
    assert len(list(over.iter(f"{C}lineChart"))) == 1
    around = ElementTree.fromstring(chart_xml(BARS, "vi"))
    assert not list(around.iter(f"{C}lineChart"))
    assert around.find(f".//{C}overlap").get("val") == "100"  # type: ignore[union-attr]


def test_axes_begin_at_zero_and_leave_room_for_the_largest_value() -> None:
    for chart in CHARTS:
        axis = ElementTree.fromstring(chart_xml(chart, "vi")).find(f".//{C}valAx/{C}scaling")
        assert axis is not None
        assert axis.find(f"{C}min").get("val") == "0"  # type: ignore[union-attr]
        assert float(axis.find(f"{C}max").get("val") or 0) == axis_end(chart)  # type: ignore[union-attr]
    assert axis_end(STACKED) == pytest.approx(1.15 * (421 + 160))
    assert axis_end(replace(COLUMNS, series=())) is None


def test_values_are_printed_where_there_is_room_and_else_the_axis_is() -> None:
    assert has_labels(COLUMNS)
    assert not has_labels(replace(COLUMNS, categories=tuple("abcdefghijklmno"), series=COLUMNS.series * 2))
    assert b'<c:delete val="1"/>' in chart_xml(COLUMNS, "vi")
    assert b'<c:delete val="1"/>' not in chart_xml(LINE, "vi")


def test_hostile_names_are_text_in_drawing_and_workbook() -> None:
    chart = replace(BARS, categories=HOSTILE, series=(replace(BARS.series[0], name=HOSTILE[0], values=(1.0,) * len(HOSTILE)),))
    xml, workbook = chart_xml(chart, "vi"), chart_workbook(chart, "vi", AT)
    names = [point.findtext(f"{C}v") for point in ElementTree.fromstring(xml).find(f".//{C}cat").iter(f"{C}pt")]  # type: ignore[union-attr]
    assert names == [clipped(text, 60) for text in HOSTILE] == [row[0] for row in rows(workbook)[1:]]
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_the_workbook_carries_the_snapshots_time() -> None:
    assert chart_workbook(BARS, "vi", AT) == chart_workbook(BARS, "vi", AT)
    with zipfile.ZipFile(io.BytesIO(chart_workbook(BARS, "vi", AT))) as archive:
        assert b"2024-07-31T11:30:00Z" in archive.read("docProps/core.xml")
