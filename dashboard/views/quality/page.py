"""Chất lượng dữ liệu: may these figures be trusted, where did rows go, and where is something missing."""

from __future__ import annotations

from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import draw, in_columns
from dashboard.ui.panels.coherence import checks_panel
from dashboard.ui.translations import t
from dashboard.views.quality.completeness import completeness_panel, long_silences, named, silences
from dashboard.views.quality.row_accounting import accounting_panel, freshness_panel, places_panel, rejections_panel, totals
from dashboard.views.quality.run_history import results_panel, runs_panel
from data.outcomes import Outcome

TITLE = "page.quality"


def render(page: Page) -> None:
    """Draws the page; the history of runs grows beside the snapshot, so that nothing of this page is remembered."""
    making = page.reader.making()
    checks = page.reader.checks(page.selection)
    found = silences(page.reader.active_days(page.selection), page.tree, page.selection.unit_code, page.selection.period, page.reader.day_changes())

    counts = {name: written.number(count, page.language) for name, count in totals(making.accounting).items()}
    looks = []
    outcomes = [*(check.outcome for check in checks), *making.results["outcome"]]
    if failed := outcomes.count(Outcome.FAILED):
        looks.append(t("quality.sentence_failed", count=failed))
    if silent := long_silences(found):
        looks.append(t("quality.sentence_silent", count=len(silent), names=named(page.tree.units, silent)))
    # What was not looked at passed nothing, and where nothing is of a day nobody can be silent.
    passed = "good" if {*outcomes} == {Outcome.PASSED} else "of_data" if Outcome.PASSED in outcomes else "none"
    good = t("quality.sentence_good", checks=t(f"quality.checks_{passed}"), days=t("quality.units_good" if found else "quality.units_unknown"))
    info = page.reader.info  # rows are counted by run, whatever the period
    at = written.instant(info.published_at, info.time_zone, page.language)
    top = markup("quality/sentence.html", text=t("quality.sentence", at=at, **counts), looks=looks, good=good)
    wide = (accounting_panel(page, making), places_panel(page, making), completeness_panel(page, found), runs_panel(page, making))
    narrow = (freshness_panel(page, making), checks_panel(page, checks), results_panel(page, making), rejections_panel(page, making))
    draw(page, top, in_columns("2fr 1fr", wide, narrow))
