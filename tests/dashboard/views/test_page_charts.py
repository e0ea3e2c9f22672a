"""The figures of the pages behind the overview: every text is escaped, and what is drawn keeps within its frame."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl

from dashboard.ui.charts.declarations_table import LedgerRow, ledger_table
from dashboard.ui.charts.declared_bars import DeclaredBar, declared_bars
from dashboard.ui.unit_names import Unit, UnitTree
from dashboard.views.documents.day_columns import Column, Mark, day_columns
from dashboard.views.documents.heat_table import HeatCell, HeatRow, heat_table
from dashboard.views.documents.outgoing_tree import Branch, outgoing_tree
from dashboard.views.quality.activity_strip import Strip, Tick, activity_strip
from dashboard.views.quality.completeness import directly_below, long_silences, silences
from dashboard.views.quality.row_flow import Flow, row_flow
from dashboard.views.quality.run_bars import RunRow, run_bars
from dashboard.views.unit.rate_places import RatePlace, rate_places
from dashboard.views.unit.small_lines import SmallLine, small_lines
from metrics.periods import Period

EVIL = "\"><script>x</script>'"
MONDAY = date(2024, 7, 1)


def test_every_text_is_escaped() -> None:
    e = EVIL
    place = RatePlace(e, e, e, e, "", 0.5, (0.4, 0.6), (0.3, 1.4), 0.5, 0.9, True, e, e)
    markups = [
        activity_strip([Strip(e, e, e, ("some", "gap"), e, True)] * 2, [Tick(0, e)], [("some", e)], 1, e, e),
        day_columns([Column(3, e, e)], [Mark(0, e)], e),
        declared_bars([DeclaredBar(e, 1, 2, e, e, True)], (e, e), e),
        heat_table([HeatRow(e, e, e, (HeatCell(0.5, e, e), HeatCell(None, e, e)))], (e, e, e), (e, e), e, e, e),
        ledger_table([LedgerRow(e, e, e, e, e, e, e, 7.0, e, e, e, e)], (e,) * 8, e, e),
        outgoing_tree([Branch(e, 0, 3, e, e, e, e)], e),
        rate_places([place], (e,) * 6, (e,) * 4, e),
        row_flow([Flow(e, e, (5, 4, 1, 0, 0), (e,) * 5, e), Flow(e, e, (5, 4, 0, 0, 0), (e,) * 5, e)], (e,) * 5, e, e, e, e),
        run_bars([RunRow(e, e, False, (1.0, 2.0), e, e, e)], (e, e), e),
        small_lines([SmallLine(e, (0.1, 0.2), e, e, e)]),
    ]
    for markup in markups:
        assert "<script" not in markup
        assert "&lt;script&gt;" in markup
        assert '=""><' not in markup


def test_what_is_drawn_keeps_within_its_frame() -> None:
    ledger = ledger_table([LedgerRow("A", "A", "A", "", "", "10", "13", 1.3, "x", "", "", "")], ("",) * 8, "", "")
    assert "width:100.0%" in ledger
    over = RatePlace("m", "m", "", "", "", 1.3, None, (0.9, 1.4), 1.2, None, False, "", "")
    drawn = rate_places([over], ("",) * 6, ("", "", "", ""), "")
    assert "left:130" not in drawn
    assert "right:-" not in drawn
    assert "width:" not in outgoing_tree([Branch("x", 0, 0, "0", "", "whole")], "x")  # nothing is drawn of nothing


def test_the_identity_is_judged_and_a_broken_one_stands_out() -> None:
    good, broken = Flow("s", "a", (5, 3, 1, 1, 0), ("",) * 5, ""), Flow("s", "b", (5, 3, 1, 0, 0), ("",) * 5, "")
    assert good.is_whole
    assert not broken.is_whole
    assert "▲ hỏng" in row_flow([broken], ("",) * 5, "", "khớp", "hỏng", "")


def tree() -> UnitTree:
    above = {"R": None, "A": "R", "A1": "A", "B": "R", "C": "R"}
    return UnitTree({code: Unit(code, code, code, parent, "x", None, 0, date.min, date.max) for code, parent in above.items()})


def test_units_below_count_for_the_unit_directly_below_the_scope() -> None:
    assert directly_below(tree(), None) == {"R": "R", "A": "A", "A1": "A", "B": "B", "C": "C"}
    assert directly_below(tree(), "A") == {"A": "A", "A1": "A1"}


def test_a_silence_over_a_holiday_is_one_and_scattered_days_are_not() -> None:
    days = [MONDAY + timedelta(days=number) for number in range(12) if number not in (5, 6)]
    holiday = days[3]
    silent = {"A1": {days[2], days[4], days[5]}, "B": {days[1], days[6], days[8]}}
    active = pl.DataFrame(
        [(code, on, 1) for code in ("A1", "B", "C", "R") for on in days if on != holiday and on not in silent.get(code, set())],
        schema={"unit_code": pl.String, "day_on": pl.Date, "records": pl.Int64},
        orient="row",
    )
    found = silences(active, tree(), None, Period(days[0], days[-1]))
    assert [(one.unit_code, len(one.missing), one.run) for one in found] == [("A", 3, 3), ("B", 3, 1), ("R", 0, 0), ("C", 0, 0)]
    assert [one.unit_code for one in long_silences(found)] == ["A"]
    assert found[0].long == silent["A1"]
