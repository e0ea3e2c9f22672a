"""Tổng quan: are we on track, what changed and why, whom to call; a one-minute read."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.minute import RATES, aims_of, read_minute
from dashboard.session.compared_period import COMPARES, chosen_compare, chosen_metric, compare_choice, metric_choice
from dashboard.session.figures import by_unit, whole
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, Panel, draw, in_columns, remembered
from dashboard.ui.panels.adoption import STEPS, funnel_panel
from dashboard.ui.panels.cases import cases_panel
from dashboard.ui.panels.coherence import checks_panel
from dashboard.ui.panels.first_logins import first_logins_panel
from dashboard.ui.panels.history import history_panel
from dashboard.ui.panels.low_units import low_units_panel
from dashboard.ui.panels.published import published_panel
from dashboard.ui.panels.unit_rows import NAMES as UNIT_METRICS
from dashboard.ui.panels.unit_rows import READS as UNIT_TABLE
from dashboard.ui.panels.unit_rows import UnitTable, draw_units, unit_table_of
from dashboard.views.overview.changes import changes_panel
from dashboard.views.overview.counts import NAMES as COUNTS
from dashboard.views.overview.counts import counts_row
from dashboard.views.overview.movers import movers_panel
from dashboard.views.overview.one_page import one_page
from dashboard.views.overview.provinces import provinces_panel
from dashboard.views.overview.rates import DEFAULT, SECONDS, earlier_figures, rates_row
from dashboard.views.overview.subscription import draw_subscription
from dashboard.views.overview.verdict import verdict

TITLE = "page.overview"
READS = {**COMPARES, **UNIT_TABLE}


def choices(page: Page) -> None:
    """Draws what is compared with and the ratio that units are ranked by into the selection bar."""
    compare_choice(page, DEFAULT)
    metric_choice(page)


def render(page: Page) -> None:
    """Draws the page."""
    top, table = remembered(page, "overview", lambda: _compose(page))
    offer, _ = one_page(page)
    if offer is not None:
        page.offered["one_page"] = offer
    draw(page, *top)
    draw_units(page, table)
    draw_subscription(page)


def _compose(page: Page) -> tuple[tuple[Panel | Columns | Markup, ...], UnitTable]:
    reader, selection = page.reader, page.selection
    name = chosen_metric(selection)
    frame = reader.values([*RATES, *SECONDS, *COUNTS, *STEPS], selection)
    figures = whole(frame, selection.unit_code)
    checks = reader.checks(selection)
    earlier = earlier_figures(page)
    minute = read_minute(reader, selection, page.tree, page.targets, earlier.period if earlier else None, name)
    compared = earlier.words if earlier else ""
    cards = rates_row(page, figures, checks, earlier, aims_of(reader, frame, page.targets))

    root = page.tree.root.code if page.tree.root else ""
    is_whole = selection.unit_code in (None, root)
    units = by_unit(reader.values(UNIT_METRICS, selection, by="unit"), selection.unit_code)
    is_followed = earlier is not None and "activation_rate" in earlier.figures
    moves = reader.account_moves("activation_rate", selection, earlier.period) if earlier is not None and is_followed else None
    minute_columns = in_columns(
        "1fr 1.6fr", (changes_panel(page, minute, compared), published_panel(page)), (low_units_panel(page, minute), cases_panel(page))
    )
    movers = movers_panel(page, moves, figures["activation_rate"], chosen_compare(selection, DEFAULT))
    logins = first_logins_panel(page) if "login_rate" in page.known else None
    provinces = provinces_panel(page, minute) if is_whole else None  # as high as two panels
    drawn = in_columns("1.75fr 1fr", (history_panel(page), funnel_panel(page, figures)), (provinces,))
    below = in_columns("1fr 1fr", (movers, logins), (checks_panel(page, checks),))
    return (verdict(page, minute, compared, one_page(page)[1]), cards, minute_columns, drawn, counts_row(page, figures), below), unit_table_of(
        page, units
    )
