"""Whether the figures of the page agree with each other."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.charts.checks import Check, checks_list
from dashboard.charts.panel import panel
from dashboard.translations import t
from metrics.coherence import CheckResult


def checks_panel(results: Sequence[CheckResult]) -> str:
    """Markup of the panel that the data line points to."""
    passed = sum(result.is_passed for result in results)
    body = checks_list(
        [Check(result.name, result.label, result.detail, result.is_passed) for result in results],
        t("checks.passed", count=passed),
        t("checks.all_passed"),
    )
    return f'<div id="checks">{panel(t("checks.title"), t("checks.subtitle"), body, "checks")}</div>'
