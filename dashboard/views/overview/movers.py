"""Who moved most: units by how many of the same accounts were activated since the days compared with.

Activation is a census and only rises: every account that was gained is a gain, and chance has no part in it.
"""

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

SHOWN = 5


def movers_panel(page: Page, moves: pl.DataFrame | None, whole: Figure, with_what: CompareWith) -> Panel | None:
    """The panel; `moves` are the accounts of each unit followed from then to now. None where nothing is compared with, or nobody can be.

    A unit's bar reaches from the rate of its accounts then to that of the same accounts now.
    """
    if moves is None or whole.value is None:
        return None
    followed = moves.filter(lowest_units(page), pl.col("stayers") > 0).with_columns(
        numerator="reached_now",
        denominator="stayers",
        value=pl.col("reached_now") / pl.col("stayers"),
        low=pl.col("reached_before") / pl.col("stayers"),
    )
    risen = followed.with_columns(high="value").filter(pl.col("gained") > 0).sort("gained", "value", "unit_code", descending=[True, True, False])
    title = t("movers.title")
    subtitle = t("movers.subtitle", words=compare_words(page, with_what), population=page.population("account"))
    if risen.is_empty():
        return figure_panel(page, "movers", title, subtitle, remark(t("movers.none", count=followed.height)), None)
    more = risen.height - SHOWN
    rest = t("movers.more", count=more, accounts=written.number(int(risen["gained"].slice(SHOWN).sum()), page.language)) if more > 0 else ""
    body = interval_list(page, title, risen.head(SHOWN), whole, lambda row: _gain(page, row), rest)
    columns = (t("units.unit"), "n", "N", t("map.rate"), t("movers.before"), t("movers.gained"))
    cells = [
        (*cells_of(page, row), Rate(row["value"], row["denominator"]), Rate(row["low"], row["denominator"]), row["gained"])
        for row in risen.iter_rows(named=True)
    ]
    return figure_panel(page, "movers", title, subtitle, body, sheet(page, "tien-bo", title, subtitle, columns, cells, of=[whole.metric]))


def _gain(page: Page, row: Row) -> str:
    before = written.percent(row["low"], page.language, 1, row["denominator"])
    return t("movers.gain", count=written.number(row["gained"], page.language), before=before)
