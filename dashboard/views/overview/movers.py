"""Who moved most: units whose activation rose by more than chance since the days compared with."""

from __future__ import annotations

import polars as pl

from dashboard.session.compared_period import CompareWith, compare_words
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Rate
from dashboard.ui.translations import t
from dashboard.views.overview.intervals import Row, cells_of, interval_list, lowest_units
from metrics.comparison.change import change
from metrics.comparison.intervals import difference_bounds, wilson

SHOWN = 5


def movers_panel(page: Page, units: pl.DataFrame, before: pl.DataFrame | None, whole: Figure, with_what: CompareWith) -> Panel | None:
    """The panel; `units` and `before` are frames by unit, now and then. None where nothing is compared with, or nobody can be."""
    if before is None or whole.value is None:
        return None
    is_listed = (pl.col("metric") == whole.metric) & lowest_units(page)
    compared = change(units.filter(is_listed), before.filter(pl.col("metric") == whole.metric)).filter(
        pl.col("denominator") > 0, pl.col("denominator_before") > 0
    )
    low, _ = difference_bounds((pl.col("numerator"), pl.col("denominator")), (pl.col("numerator_before"), pl.col("denominator_before")))
    risen = wilson(compared.with_columns(surely=low).filter(pl.col("surely") > 0)).sort("change", "denominator", descending=True)
    title = t("movers.title")
    subtitle = t("movers.subtitle", words=compare_words(page, with_what), population=page.population("account"))
    if risen.is_empty():
        return figure_panel(page, "movers", title, subtitle, remark(t("movers.none", count=compared.height)), None)
    more = risen.height - SHOWN
    body = interval_list(page, title, risen.head(SHOWN), whole, lambda row: _rise(page, row), t("movers.more", count=more) if more > 0 else "")
    columns = (t("units.unit"), "n", "N", t("map.rate"), t("movers.before"), t("compare.points"))
    cells = [
        (*cells_of(page, row), Rate(row["value"]), Rate(row["value_before"]), written.points(row["change"], page.language))
        for row in risen.iter_rows(named=True)
    ]
    return figure_panel(page, "movers", title, subtitle, body, sheet(page, "tien-bo", title, subtitle, columns, cells))


def _rise(page: Page, row: Row) -> str:
    before = written.percent(row["value_before"], page.language, 1)
    return t("movers.rise", points=written.points(row["change"], page.language), before=before)
