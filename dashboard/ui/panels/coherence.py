"""The coherence checks: whether the figures of the page agree with each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.translations import outcomes_in_words, t
from data.language import in_language
from data.outcomes import Outcome
from metrics.coherence.checks import CheckResult

MOST_NAMED = 5


@dataclass(frozen=True)
class Check:
    """One check as text."""

    name: str
    label: str
    detail: str
    units: str
    """The units in which it fails, by name; empty where it does not."""
    outcome: Outcome


def checks_panel(page: Page, results: Sequence[CheckResult]) -> Panel:
    """The panel that the data line points to."""
    checks = [
        Check(one.name, in_language(one, "label", page.language), in_language(one, "detail", page.language), _unit_names(page, one), one.outcome)
        for one in results
        if one.is_told(page.known)
    ]
    body = checks_list(checks, t("checks.none_failed"), len(results) - len(checks))
    columns = (t("quality.check"), t("quality.outcome"), t("checks.figures"), t("units.unit"))
    rows = [(one.label, t(f"outcome.{one.outcome}"), one.detail, one.units) for one in checks]
    title, subtitle = t("checks.title"), t("checks.subtitle")
    return figure_panel(page, "checks", title, subtitle, body, sheet(page, "kiem-tra", title, subtitle, columns, rows), is_twin_shown=False)


def checks_list(checks: Sequence[Check], none_failed: str, not_listed: int = 0) -> Markup:
    """Failed checks first, with their figures; then the others by their outcome, each of which opens to show its figures.

    `not_listed` more, of what the installation never delivers, are only counted.
    """
    of = {outcome: [check for check in checks if check.outcome == outcome] for outcome in Outcome}
    counts = {outcome: len(found) + not_listed * (outcome == Outcome.NOT_DELIVERED) for outcome, found in of.items()}
    groups = [(outcome, outcomes_in_words([outcome] * count), of[outcome]) for outcome, count in counts.items() if count]
    return markup("checks.html", groups=groups, none_failed="" if of[Outcome.FAILED] or not of[Outcome.PASSED] else none_failed)


def _unit_names(page: Page, result: CheckResult) -> str:
    codes = result.unit_codes[:MOST_NAMED]
    if not codes:
        return ""
    more = len(result.unit_codes) - len(codes)
    names = ", ".join(page.tree.label(code) for code in codes)
    return t("checks.units_more", names=names, more=more) if more else t("checks.units", names=names)
