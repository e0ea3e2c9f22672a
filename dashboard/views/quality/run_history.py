"""The checks on the data that every run makes, and the runs themselves with how long they took."""

from __future__ import annotations

from html import escape

from dashboard.session.queries import Making
from dashboard.ui import format as written
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, sheet
from dashboard.ui.panels.coherence import Check, checks_list
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.views.quality.row_accounting import word
from dashboard.views.quality.run_bars import RunRow, run_bars
from data.run_history import STEPS

GOOD = ("published", "unchanged")


def results_panel(page: Page, making: Making) -> Panel:
    """Draws the results of the checks on the data: failed ones with their rows, passed ones behind a disclosure each."""
    title, subtitle = t("quality.results_title"), t("quality.results_subtitle")
    rows: list[tuple[Cell, ...]] = []
    checks: list[Check] = []
    for name, entity, severity, is_passed, violations, count in making.results.iter_rows():
        label = f"{word('entity', entity)}: {word('check', name.removeprefix(f'{entity}_'))}"
        wrong, all_rows = written.number(violations, page.language), written.number(count, page.language)
        detail = t("quality.result_detail", wrong=wrong, rows=all_rows, severity=t(f"quality.severity_{severity}"))
        checks.append(Check(name, label, detail, "", is_passed))
        rows.append((label, t(f"quality.severity_{severity}"), t("quality.passed" if is_passed else "quality.failed"), int(violations), int(count)))
    columns = (t("quality.check"), t("quality.severity"), t("quality.outcome"), t("quality.violations"), t("quality.rows"))
    passed = sum(check.is_passed for check in checks)
    failed = checks_list([check for check in checks if not check.is_passed], "", t("quality.results_all", count=passed))
    lines = "".join(f"<li>✓ {escape(check.label)}</li>" for check in checks if check.is_passed)
    body = failed + (
        f'<details class="more"><summary>{escape(t("checks.passed", count=passed))}</summary><ul class="named">{lines}</ul></details>'
        if lines
        else ""
    )
    return figure_panel(page, "results", title, subtitle, body, sheet(page, "kiem-tra-du-lieu", title, subtitle, columns, rows), is_twin_shown=False)


def runs_panel(page: Page, making: Making) -> Panel:
    """Draws the newest runs of the pipeline."""
    title, subtitle = t("quality.runs_title"), t("quality.runs_subtitle")
    zone = page.reader.info.time_zone
    if not making.runs:
        return figure_panel(page, "runs", title, subtitle, f'<p class="remark">{escape(t("quality.runs_none"))}</p>', None)
    steps = tuple(t(f"quality.step_{step}") for step in STEPS)
    shown: list[RunRow] = []
    rows: list[tuple[Cell, ...]] = []
    for run in making.runs[:8]:
        started = written.instant(run.started, zone, page.language)
        status = word("status", run.status)
        seconds = tuple(run.seconds.get(step, 0.0) for step in STEPS)
        total = t("quality.seconds", seconds=written.number(run.total_seconds, page.language, 1))
        count = t("quality.run_rows", rows=written.number(run.rows_in, page.language)) if run.rows_in else ""
        remark = t("quality.run_snapshot", name=run.snapshot or "") if run.status in GOOD else run.message
        told = t("quality.run_warnings", count=len(run.warnings))
        shown.append(RunRow(started, status, run.status in GOOD, seconds, total, count, remark, run.warnings, told))
        rows.append((started, status, *(written.number(value, page.language, 1) for value in seconds), total, run.rows_in, run.rows_rejected))
    columns = (t("quality.started"), t("quality.outcome"), *steps, t("quality.duration"), t("quality.rows_in"), t("quality.rows_rejected"))
    return figure_panel(page, "runs", title, subtitle, run_bars(shown, steps, title), sheet(page, "lich-su-chay", title, subtitle, columns, rows))
