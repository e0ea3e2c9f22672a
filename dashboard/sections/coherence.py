"""Whether the figures of the page agree with each other."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts.checks import Check, checks_list
from dashboard.charts.panel import panel
from dashboard.page import Page
from dashboard.translations import t
from metrics.coherence import CheckResult

MOST_NAMED = 5


def checks_panel(page: Page, results: Sequence[CheckResult]) -> str:
    """Markup of the panel that the data line points to."""
    passed = sum(result.is_passed for result in results)
    body = checks_list(
        [Check(result.name, result.label, result.detail, _unit_names(page, result), result.is_passed) for result in results],
        t("checks.passed", count=passed),
        t("checks.all_passed"),
    )
    return f'<div id="checks">{panel(t("checks.title"), t("checks.subtitle"), body, "checks")}</div>'


def _unit_names(page: Page, result: CheckResult) -> str:
    codes = result.unit_codes[:MOST_NAMED]
    if not codes:
        return ""
    more = len(result.unit_codes) - len(codes)
    names = ", ".join(page.tree.label(code) for code in codes)
    return t("checks.units_more", names=names, more=more) if more else t("checks.units", names=names)
