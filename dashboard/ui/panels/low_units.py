"""Whose leaders to call: the units that are low on a ratio, ranked by how many cases they lie beyond chance, and nobody above the average."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard.minute import Minute
from dashboard.session.address import link
from dashboard.session.compared_period import short_label
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.panels.cases import case_address
from dashboard.ui.panels.fitted_axis import fitted
from dashboard.ui.table_files import Rate, Sheet
from dashboard.ui.translations import rows_word, t
from dashboard.ui.unit_names import Unit
from metrics.catalog import metric
from metrics.comparison.intervals import wilson

SHOWN = 3
"""Leaders that one can call in a week."""
NAMED_BELOW = 3

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LowUnit:
    """One unit of the list, with its counts and bounds (0 to 1), the low units below it by name, and by how many cases it is low in words."""

    unit: Unit
    href: str
    rate: Row
    below: str
    excess: str
    case: str = ""
    """Where a follow-up case is opened for it, for those who may."""


def low_units_panel(page: Page, minute: Minute) -> Panel | None:
    """The panel; None where no unit has a case of the ratio, so that nothing is said of nobody."""
    name, whole = minute.rate.metric, minute.rate.value
    if not minute.judged or whole is None:
        return None
    one = metric(name)
    side = "above" if one.good == "down" else "below"
    words = rows_word(one.of)
    title = t("low.title")
    subtitle = t("low.subtitle", metric=short_label(name, page.language), rows=words, average=minute.rate.rate_text)
    others = minute.judged - len(minute.low)
    if minute.heads.is_empty():
        return figure_panel(page, "support", title, subtitle, remark(t("low.none", count=minute.judged)), None)
    heads = wilson(minute.heads)
    shown = [_low_unit(page, minute, row) for row in heads.head(SHOWN).iter_rows(named=True)]
    axis = fitted([whole, *(bound for row in shown for bound in (row.rate["low"], row.rate["high"], row.rate["value"]))])
    more = heads.height - len(shown)
    notes = [t("low.more", count=more) if more else "", t(f"low.rest_{side}", count=others) if others else ""]
    body = markup(
        "low_units.html",
        title=title,
        rows=shown,
        rows_word=lambda row: rows_word(one.of, row.excess),
        side=t(f"low.{side}_chance"),
        whole=whole,
        axis=axis,
        notes=[note for note in notes if note],
    )
    action = (t("support.all"), link("compare", page.selection, metric=name)) if page.has_page("compare") else None
    return figure_panel(page, "support", title, subtitle, body, _sheet(page, minute, heads, title, subtitle), action=action)


def _low_unit(page: Page, minute: Minute, row: Row) -> LowUnit:
    below = minute.low_below(row["unit_code"])
    names = ", ".join(page.tree.label(code) for code in below[:NAMED_BELOW])
    more = len(below) - NAMED_BELOW
    words = "" if not below else t("low.with_more", names=names, count=more) if more > 0 else t("low.with", names=names)
    unit = page.tree.units[row["unit_code"]]
    href = link("unit", page.selection, unit=unit.code, metric=minute.rate.metric) if page.has_page("unit") else page.link_to(unit.code)
    return LowUnit(unit, href, row, words, written.number(row["excess"], page.language), case_address(page, unit.code, minute.rate.metric))


def _sheet(page: Page, minute: Minute, heads: pl.DataFrame, title: str, subtitle: str) -> Sheet:
    columns = (t("units.unit"), "n", "N", t("map.rate"), t("support.interval_from"), t("support.interval_to"), t("low.excess"), t("low.below"))
    cells = [
        (
            page.tree.label(row["unit_code"]),
            row["numerator"],
            row["denominator"],
            Rate(row["value"], row["denominator"]),
            Rate(row["low"], row["denominator"]),
            Rate(row["high"], row["denominator"]),
            row["excess"],
            ", ".join(map(page.tree.label, minute.low_below(row["unit_code"]))),
        )
        for row in heads.iter_rows(named=True)
    ]
    return sheet(page, "can-lien-he", title, subtitle, columns, cells, of=[minute.rate.metric])
