"""As published: where a figure of the scope reads otherwise now than in a report that was approved or published, with the cause and the report."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.ledger import Ledger, Record
from dashboard.reports.archive.differences import Difference, differences
from dashboard.reports.archive.json_record import inputs_of
from dashboard.reports.archive.permitted_steps import KeptReport
from dashboard.reports.content.blocks import Figure
from dashboard.reports.content.inputs import reader_for
from dashboard.session.address import link
from dashboard.session.figures import Figure as PageFigure
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.translations import t
from data.errors import VanbanError
from data.paths import Home
from metrics.catalog import METRICS

MOST_REPORTS, SHOWN = 4, 8
LABELS_EN = {one.name: one.label_en for one in METRICS}


@dataclass(frozen=True)
class RestatedLine:
    """One figure that reads otherwise now."""

    what: str
    days: str
    then: str
    now: str
    cause: str
    report: str
    href: str


def published_panel(page: Page) -> Panel | None:
    """The panel; None where no report with figures of the scope was published to the viewer."""
    kept: list[KeptReport] = []
    found: list[RestatedLine] = []
    compared = 0
    for one in page.memory.published:
        if len(kept) == MOST_REPORTS:
            break
        told = _differences(page, one)
        if told is None:
            continue
        figures, differing = told
        kept.append(one)
        compared += figures
        found += [_line(page, one, difference) for difference in differing]
    if not kept:
        return None
    title, subtitle = t("published.title"), t("published.subtitle", reports=len(kept), figures=written.number(compared, page.language))
    if not found:
        return figure_panel(page, "published", title, subtitle, remark(t("published.none"), "all-passed"), None)
    more = len(found) - SHOWN
    body = markup("published.html", lines=found[:SHOWN], more=t("published.more", count=more) if more > 0 else "")
    columns = tuple(t(f"published.{name}") for name in ("what", "days", "then", "now", "cause", "report"))
    rows = [(one.what, one.days, one.then, one.now, one.cause, one.report) for one in found]
    return figure_panel(page, "published", title, subtitle, body, sheet(page, "da-cong-bo", title, subtitle, columns, rows), is_twin_shown=False)


def _differences(page: Page, kept: KeptReport) -> tuple[int, list[Difference]] | None:
    """How many figures of the scope a report printed, and those that differ; None where it printed none, or its own inputs are no more."""
    home = Home(page.reader.path.parents[2])
    root = page.tree.root.code if page.tree.root else None
    scope = page.selection.unit_code if page.selection.unit_code != root else None
    with Ledger(home) as ledger:
        record = ledger.record(kept.pin.pin_id)
    asked = kept.request.unit_code if kept.request.unit_code != root else None
    own = [one for one in record.figures if (one["unit_code"] if one["unit_code"] != kept.request.unit_code else asked) == scope]
    if not own:
        return None
    try:
        inputs = inputs_of(record.inputs)
        reader = reader_for(home, kept.request, inputs, page.reader.info.snapshot)
        return len(own), differences(reader, kept.pin, Record(record.request, record.inputs, own), inputs)
    except VanbanError:
        return None


def _line(page: Page, kept: KeptReport, one: Difference) -> RestatedLine:
    figure = one.figure
    return RestatedLine(
        LABELS_EN.get(figure.metric, figure.label) if page.language == "en" else figure.label,
        written.span(figure.period_from, figure.period_to, page.language),
        _print(page, figure),
        _print(page, one.now),
        t(f"published.cause_{one.cause}"),
        kept.pin.title,
        link("reports", page.selection, report=str(kept.pin.pin_id)) if page.has_page("reports") else "",
    )


def _print(page: Page, figure: Figure) -> str:
    """As the report prints it; in the reader's language where that is another one."""
    if page.language == "vi":
        return figure.text
    now = PageFigure(figure.metric, figure.unit_code, figure.period_from, figure.period_to, figure.numerator, figure.denominator, figure.value)
    return f"{now.rate_text} ({now.counts_text})" if now.counts_text else now.count_text
