"""The checks on the data that every run makes, and the runs themselves with how long they took."""

from __future__ import annotations

from dashboard.session.queries import Making
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.panels.coherence import Check, checks_list
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import outcomes_in_words, t
from dashboard.views.quality.row_accounting import word
from data.outcomes import Outcome
from data.run_history import STEPS, RunResult

GOOD = ("published", "unchanged")
MOST_SHOWN = 8


def results_panel(page: Page, making: Making) -> Panel:
    """Draws the results of the checks on the data: failed ones with their rows, the others by name behind a disclosure."""
    title, subtitle = t("quality.results_title"), t("quality.results_subtitle")
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    not_delivered = 0
    for name, entity, severity, outcome, violations, count in making.results.iter_rows():
        if outcome == Outcome.NOT_DELIVERED:  # of a kind of row or a column that no source has: only counted
            not_delivered += 1
            continue
        label = f"{word('entity', entity)}: {word('check', name.removeprefix(f'{entity}_'))}"
        wrong, all_rows = written.number(violations, page.language), written.number(count, page.language)
        detail = t("quality.result_detail", wrong=wrong, rows=all_rows, severity=t(f"quality.severity_{severity}"))
        checks.append(Check(name, label, detail, "", Outcome(outcome)))
        rows.append((label, t(f"quality.severity_{severity}"), t(f"outcome.{outcome}"), int(violations), int(count)))
    columns = (t("quality.check"), t("quality.severity"), t("quality.outcome"), t("quality.violations"), t("quality.rows"))
    failed = checks_list([check for check in checks if check.outcome == Outcome.FAILED], "") or remark(
        f"✓ {t('quality.results_none_failed')}", "all-passed"
    )
    others = [check for check in checks if check.outcome != Outcome.FAILED]
    counted = [*(check.outcome for check in others), *[Outcome.NOT_DELIVERED] * not_delivered]
    body = markup("quality/results.html", failed=failed, others=others, count=outcomes_in_words(counted))
    return figure_panel(page, "results", title, subtitle, body, sheet(page, "kiem-tra-du-lieu", title, subtitle, columns, rows), is_twin_shown=False)


def runs_panel(page: Page, making: Making) -> Panel:
    """Draws the newest runs of the pipeline."""
    title, subtitle = t("quality.runs_title"), t("quality.runs_subtitle")
    if not making.runs:
        return figure_panel(page, "runs", title, subtitle, remark(t("quality.runs_none")), None)
    shown = making.runs[:MOST_SHOWN]
    rows = [_cells(page, run) for run in shown]
    columns = tuple(
        t(f"quality.{name}") for name in ("started", "outcome", *(f"step_{step}" for step in STEPS), "duration", "rows_in", "rows_rejected")
    )
    body = markup(
        "quality/run_bars.html",
        title=title,
        runs=[(run, row[0], row[1], row[-3]) for run, row in zip(shown, rows, strict=True)],
        steps=STEPS,
        good=GOOD,
        longest=max(sum(run.seconds.get(step, 0.0) for step in STEPS) for run in shown) or 1.0,
    )
    return figure_panel(page, "runs", title, subtitle, body, sheet(page, "lich-su-chay", title, subtitle, columns, rows))


def _cells(page: Page, run: RunResult) -> tuple[Cell, ...]:
    """Start, outcome, seconds of each step, duration, rows that came in, and rows that were refused."""
    started = written.instant(run.started, page.reader.info.time_zone, page.language)
    seconds = (written.number(run.seconds.get(step, 0.0), page.language, 1) for step in STEPS)
    total = t("quality.seconds", seconds=written.number(run.total_seconds, page.language, 1))
    return (started, word("status", run.status), *seconds, total, run.rows_in, run.rows_rejected)
