"""The figures of the pages behind the overview: every text is escaped, and what is drawn keeps within its frame."""

from __future__ import annotations

from dashboard.ui.charts.declarations_table import LedgerRow, ledger_table
from dashboard.ui.charts.declared_bars import DeclaredBar, declared_bars
from dashboard.views.documents.day_columns import Column, Mark, day_columns
from dashboard.views.documents.heat_table import HeatCell, HeatRow, heat_table
from dashboard.views.documents.outgoing_tree import Branch, outgoing_tree
from dashboard.views.unit.rate_places import RatePlace, rate_places
from dashboard.views.unit.small_lines import SmallLine, small_lines

EVIL = "\"><script>x</script>'"


def test_every_text_is_escaped() -> None:
    e = EVIL
    place = RatePlace(e, e, e, e, "", 0.5, (0.4, 0.6), (0.3, 1.4), 0.5, 0.9, True, e, e)
    markups = [
        day_columns([Column(3, e, e)], [Mark(0, e)], e),
        declared_bars([DeclaredBar(e, 1, 2, e, e, True)], (e, e), e),
        heat_table([HeatRow(e, e, e, (HeatCell(0.5, e, e), HeatCell(None, e, e)))], (e, e, e), (e, e), e, e, e),
        ledger_table([LedgerRow(e, e, e, e, e, e, e, 7.0, e, e, e, e)], (e,) * 8, e, e),
        outgoing_tree([Branch(e, 0, 3, e, e, e, e)], e),
        rate_places([place], (e,) * 6, (e,) * 4, e),
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
