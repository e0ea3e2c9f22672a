"""Who moved most: units whose activation rose by more than chance since the days compared with."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import polars as pl

from dashboard.session.compared_period import CompareWith, compare_words
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell, Rate
from dashboard.ui.translations import t
from dashboard.views.overview.interval_list import IntervalRow, interval_list
from metrics.comparison.change import change
from metrics.comparison.intervals import difference_bounds, wilson

SHOWN = 5


def movers_panel(page: Page, units: pl.DataFrame, before: pl.DataFrame | None, whole: Figure, with_what: CompareWith) -> Panel | None:
    """The panel; `units` and `before` are frames by unit, now and then. None where nothing is compared with, or nobody can be.

    Units without units below them are listed, so that none counts twice.
    """
    if before is None or whole.value is None:
        return None
    parents = {unit.parent_code for unit in page.tree.units.values() if page.is_in_tree(unit)}
    listed = (pl.col("metric") == whole.metric) & pl.col("unit_code").is_not_null() & ~pl.col("unit_code").is_in(list(filter(None, parents)))
    compared = change(units.filter(listed), before.filter(pl.col("metric") == whole.metric)).filter(
        pl.col("denominator") > 0, pl.col("denominator_before") > 0
    )
    low, _ = difference_bounds((pl.col("numerator"), pl.col("denominator")), (pl.col("numerator_before"), pl.col("denominator_before")))
    risen = wilson(compared.with_columns(surely=low).filter(pl.col("surely") > 0)).sort("change", "denominator", descending=True)
    title, words = t("movers.title"), compare_words(page, with_what)
    subtitle = t("movers.subtitle", words=words, population=page.population("account"))
    if risen.is_empty():
        return figure_panel(page, "movers", title, subtitle, f'<p class="remark">{escape(t("movers.none", count=compared.height))}</p>', None)
    rows = [_row(page, row) for row in risen.head(SHOWN).iter_rows(named=True)]
    more = risen.height - len(rows)
    note = f'<p class="remark">{escape(t("movers.more", count=more))}</p>' if more > 0 else ""
    columns = (t("units.unit"), "n", "N", t("map.rate"), t("movers.before"), t("compare.points"))
    cells: list[tuple[Cell, ...]] = [
        (
            page.tree.label(row["unit_code"]),
            row["numerator"],
            row["denominator"],
            Rate(row["value"]),
            Rate(row["value_before"]),
            written.points(row["change"], page.language),
        )
        for row in risen.iter_rows(named=True)
    ]
    body = interval_list(rows, whole.value, t("support.whole", rate=written.percent(whole.value, page.language)), title) + note
    return figure_panel(page, "movers", title, subtitle, body, sheet(page, "tien-bo", title, subtitle, columns, cells))


def _row(page: Page, row: Mapping[str, Any]) -> IntervalRow:
    counts = "/".join(written.number(row[name], page.language) for name in ("numerator", "denominator"))
    return IntervalRow(
        name=page.tree.label(row["unit_code"]),
        title=page.tree.units[row["unit_code"]].name,
        href=page.link_to(row["unit_code"]),
        remark=t("movers.rise", points=written.points(row["change"], page.language), before=written.percent(row["value_before"], page.language, 1)),
        rate=written.percent(row["value"], page.language, 1),
        counts=counts,
        value=row["value"],
        low=row["low"],
        high=row["high"],
        is_marked=False,
    )
