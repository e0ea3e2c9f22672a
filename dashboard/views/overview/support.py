"""Who needs help: units whose activation is lower than the whole's by more than chance, then those with most accounts left.

The first are judged as on the page that compares units, so that both say the same of a unit. The others
fill the list, drawn calm: nobody can say that they differ, but that is where the work lies.
"""

from __future__ import annotations

import polars as pl

from dashboard.session.address import link
from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Rate
from dashboard.ui.translations import t
from dashboard.views.overview.intervals import Row, cells_of, interval_list, lowest_units
from metrics.comparison.against_average import against_average
from metrics.comparison.intervals import wilson

SHOWN = 6


def support_panel(page: Page, units: pl.DataFrame, whole: Figure) -> Panel | None:
    """The panel, None where nothing can be compared; `units` is the frame by unit."""
    placed = against_average(units.filter(pl.col("metric") == whole.metric).slice(1), whole.value, page.reader.units())
    compared = wilson(placed.filter(lowest_units(page), pl.col("denominator") > 0))
    if compared.is_empty() or whole.value is None:
        return None
    left = pl.col("denominator") - pl.col("numerator")
    below = pl.col("position").str.starts_with("below").fill_null(value=False)
    ranked = compared.with_columns(left=left, is_lower=below).sort("is_lower", "left", descending=True, maintain_order=True)
    shown = ranked.filter(pl.col("is_lower") | (pl.col("left") > 0)).head(SHOWN)
    title, subtitle = t("support.title"), t("support.subtitle", population=page.population("account"))
    if shown.is_empty():
        return figure_panel(page, "support", title, subtitle, remark(f"✓ {t('support.none', count=compared.height)}", "all-passed"), None)
    more = int(ranked["is_lower"].sum()) - shown.height
    body = interval_list(page, title, shown, whole, lambda row: _left(page, row), t("support.more", count=more) if more > 0 else "")
    columns = (t("units.unit"), "n", "N", t("map.rate"), t("support.interval_from"), t("support.interval_to"), t("support.remark"))
    cells = [
        (
            *cells_of(page, row),
            Rate(row["value"], row["denominator"]),
            Rate(row["low"], row["denominator"]),
            Rate(row["high"], row["denominator"]),
            _left(page, row),
        )
        for row in shown.iter_rows(named=True)
    ]
    action = (t("support.all"), link("compare", page.selection, metric=whole.metric, sort="low")) if page.has_page("compare") else None
    return figure_panel(
        page, "support", title, subtitle, body, sheet(page, "can-ho-tro", title, subtitle, columns, cells, of=[whole.metric]), action=action
    )


def _left(page: Page, row: Row) -> str:
    return t("support.left" if row["is_lower"] else "support.left_within", count=written.number(row["left"], page.language))
