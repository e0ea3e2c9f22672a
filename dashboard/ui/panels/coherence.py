"""Whether the figures of the page agree with each other."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.ui.charts.checks import Check, checks_list
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from metrics.coherence.checks import CheckResult

MOST_NAMED = 5


def checks_panel(page: Page, results: Sequence[CheckResult]) -> Panel:
    """The panel that the data line points to."""
    passed = sum(result.is_passed for result in results)
    body = checks_list(
        [Check(result.name, result.label, result.detail, _unit_names(page, result), result.is_passed) for result in results],
        t("checks.passed", count=passed),
        t("checks.all_passed"),
    )
    columns = (t("quality.check"), t("quality.outcome"), t("checks.figures"), t("units.unit"))
    rows: list[tuple[Cell, ...]] = [
        (one.label, t("quality.passed" if one.is_passed else "quality.failed"), one.detail, _unit_names(page, one)) for one in results
    ]
    title, subtitle = t("checks.title"), t("checks.subtitle")
    return figure_panel(page, "checks", title, subtitle, body, sheet(page, "kiem-tra", title, subtitle, columns, rows), is_twin_shown=False)


def _unit_names(page: Page, result: CheckResult) -> str:
    codes = result.unit_codes[:MOST_NAMED]
    if not codes:
        return ""
    more = len(result.unit_codes) - len(codes)
    names = ", ".join(page.tree.label(code) for code in codes)
    return t("checks.units_more", names=names, more=more) if more else t("checks.units", names=names)
