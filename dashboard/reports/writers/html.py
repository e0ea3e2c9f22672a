"""One plain page for mail, filled into `templates/report.html`."""

from __future__ import annotations

from dashboard.reports.content.blocks import Chart, Report
from dashboard.reports.layout.chart_values import ACCENT, FILLS, GREY, HAIRLINE, INK, WASH, axis_end, target_name, value_text
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.writers.excel import file_words, provenance_rows
from dashboard.reports.writers.filled import filled

COLOURS = {"INK": INK, "ACCENT": ACCENT, "GREY": GREY, "HAIRLINE": HAIRLINE, "WASH": WASH, "FILL": FILLS[0]}


def write(report: Report) -> bytes:
    """The page in UTF-8; equal reports give equal bytes."""
    words = file_words(report.language)

    def chart_note(chart: Chart) -> str:
        """The target and the note below a chart."""
        target = ""
        if chart.target is not None:
            target = f"{target_name(report.language)}: {value_text(chart.target, chart.values_are, report.language)}"
        return " · ".join(part for part in (target, printable(chart.note)) if part)

    page = filled(
        "report.html",
        report=report,
        language=report.language,
        words=words,
        facts=provenance_rows(report, words),
        chart_note=chart_note,
        bar_percent=_bar_percent,
        value_text=value_text,
        **COLOURS,
    )
    return page.encode()


def _bar_percent(chart: Chart, place: int) -> int:
    """Length of a bar of the first series, in percent of the axis."""
    share = (chart.series[0].values[place] or 0.0) / (axis_end(chart) or 1.0)
    return round(100 * min(1.0, max(0.0, share)))
