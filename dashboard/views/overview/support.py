"""Who needs help: units whose activation is lower than the whole's by more than chance, then those with most accounts left.

The first are judged by the funnel limits, as on the page that compares units, so that both say the same of a unit. The others
fill the list, drawn calm: nobody can say that they differ, but that is where the work lies.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl

from dashboard.session.address import link
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from dashboard.views.overview.interval_list import IntervalRow, interval_list
from metrics.comparison.funnel_limits import funnel
from metrics.comparison.intervals import wilson

SHOWN = 6


def support_panel(page: Page, units: pl.DataFrame, whole: Figure) -> Panel | None:
    """The panel, None where nothing can be compared; of `units`, the frame by unit, those without units below them are listed."""
    parents = {unit.parent_code for unit in page.tree.units.values() if page.is_in_tree(unit)}
    compared = wilson(
        units.filter(
            pl.col("metric") == whole.metric,
            pl.col("unit_code").is_not_null(),
            ~pl.col("unit_code").is_in(list(filter(None, parents))),
            pl.col("denominator") > 0,
        )
    )
    if compared.is_empty() or whole.value is None:
        return None
    left = pl.col("denominator") - pl.col("numerator")
    below = pl.col("position").str.starts_with("below").fill_null(value=False)
    ranked = funnel(compared, whole.value).with_columns(left=left, is_lower=below).sort("is_lower", "left", descending=True, maintain_order=True)
    lower = int(ranked["is_lower"].sum())
    title = t("support.title")
    subtitle = t("support.subtitle", population=page.population("account"))
    shown = ranked.filter(pl.col("is_lower") | (pl.col("left") > 0)).head(SHOWN)
    if shown.is_empty():
        return figure_panel(page, "support", title, subtitle, f'<p class="all-passed">✓ {escape(t("support.none", count=compared.height))}</p>', None)
    action = (t("support.all"), link("compare", page.selection, metric=whole.metric, sort="low"))
    rows = [_row(page, row) for row in shown.iter_rows(named=True)]
    of_whole = t("support.whole", rate=written.percent(whole.value, page.language))
    more = lower - len(rows)
    note = f'<p class="remark">{escape(t("support.more", count=more))}</p>' if more > 0 else ""
    columns = (t("units.unit"), "n", "N", t("map.rate"), t("support.interval_from"), t("support.interval_to"), t("support.remark"))
    cells: list[tuple[Cell, ...]] = [
        (
            page.tree.label(row["unit_code"]),
            row["numerator"],
            row["denominator"],
            Rate(row["value"]),
            Rate(row["low"]),
            Rate(row["high"]),
            _remark(page, row),
        )
        for row in shown.iter_rows(named=True)
    ]
    twin = sheet(page, "can-ho-tro", title, subtitle, columns, cells)
    return figure_panel(page, "support", title, subtitle, interval_list(rows, whole.value, of_whole, title) + note, twin, action=action)


def _remark(page: Page, row: Mapping[str, Any]) -> str:
    return t("support.left" if row["is_lower"] else "support.left_within", count=written.number(row["left"], page.language))


def _row(page: Page, row: Mapping[str, Any]) -> IntervalRow:
    counts = (written.number(row[name], page.language) for name in ("numerator", "denominator"))
    return IntervalRow(
        name=page.tree.label(row["unit_code"]),
        title=page.tree.units[row["unit_code"]].name,
        href=page.link_to(row["unit_code"]),
        remark=_remark(page, row),
        rate=written.percent(row["value"], page.language, 1),
        counts="/".join(counts),
        value=row["value"],
        low=row["low"],
        high=row["high"],
        is_marked=row["is_lower"],
    )
