"""Tổng quan: are we on track, what changed, who needs help; a one-minute read."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from dashboard.session.compared_period import chosen_compare, compare_choice
from dashboard.session.figures import by_unit, whole
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, Panel, draw, in_columns, remembered
from dashboard.ui.panels.adoption import STEPS, funnel_panel
from dashboard.ui.panels.coherence import checks_panel
from dashboard.ui.panels.first_logins import first_logins_panel
from dashboard.ui.panels.unit_rows import NAMES as UNIT_METRICS
from dashboard.ui.panels.unit_rows import UnitTable, draw_units, unit_table_of
from dashboard.views.overview.counts import NAMES as COUNTS
from dashboard.views.overview.counts import counts_row
from dashboard.views.overview.movers import movers_panel, moves_by_child
from dashboard.views.overview.provinces import provinces_panel
from dashboard.views.overview.rates import DEFAULT, SECONDS, earlier_figures, rates_row, targets_now
from dashboard.views.overview.rates import NAMES as RATES
from dashboard.views.overview.sentence import OpenAccounts, Turn, sentence
from dashboard.views.overview.support import support_panel

TITLE = "page.overview"

choices = partial(compare_choice, default=DEFAULT)


def render(page: Page) -> None:
    """Draws the page."""
    top, table = remembered(page, "overview", lambda: _compose(page))
    draw(page, *top)
    draw_units(page, table)


def _compose(page: Page) -> tuple[tuple[Panel | Columns | Markup, ...], UnitTable]:
    reader, selection = page.reader, page.selection
    frame = reader.values([*RATES, *SECONDS, *COUNTS, *STEPS], selection)
    figures = whole(frame, selection.unit_code)
    unit_frame = reader.values(UNIT_METRICS, selection, by="unit")
    units = by_unit(unit_frame, selection.unit_code)
    checks = reader.checks(selection)
    earlier = earlier_figures(page)
    activation = figures["activation_rate"]
    is_compared = earlier is not None and "activation_rate" in earlier.figures
    moves = reader.account_moves("activation_rate", selection, earlier.period) if earlier is not None and is_compared else None

    root = page.tree.root.code if page.tree.root else ""
    scope = selection.unit_code or root
    children = [code for code in page.tree.children(scope) if "activation_rate" in units.get(code, {})]
    rates = [units[code]["activation_rate"] for code in children]
    below = [OpenAccounts(page.tree.label(code), (rate.denominator or 0) - (rate.numerator or 0)) for code, rate in zip(children, rates, strict=True)]
    turn = None
    if earlier is not None and moves is not None:
        turn = Turn(earlier.figures["activation_rate"], earlier.words, moves_by_child(page, moves, children), page.tree.label)
    first = (sentence(figures, turn, below), rates_row(page, figures, checks, earlier, targets_now(page, frame)), counts_row(page, figures))

    provinces = provinces_panel(page, units) if scope == root else None
    support = support_panel(page, unit_frame, activation)
    movers = movers_panel(page, moves, activation, chosen_compare(selection, DEFAULT))
    taken_up = (funnel_panel(page, figures), first_logins_panel(page) if "login_rate" in page.known else None)
    coherence = checks_panel(page, checks)
    if provinces:
        columns = in_columns("1.04fr 1fr 1.02fr", (*taken_up, coherence), (provinces,), (support, movers))
    else:
        columns = in_columns("1fr 1fr", taken_up, (support, movers, coherence))
    return (*first, columns), unit_table_of(page, units)
