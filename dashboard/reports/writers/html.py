"""One plain page for mail, filled into `templates/report.html`."""

from __future__ import annotations

from html import escape

from markupsafe import Markup

from dashboard.reports.content.blocks import Chart, Report, Table
from dashboard.reports.layout.chart_values import ACCENT, FILLS, GREY, HAIRLINE, INK, WASH, axis_end, target_name, value_text
from dashboard.reports.layout.printable_text import printable
from dashboard.reports.writers.excel import about_rows, file_words, origin_rows
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
        facts=[*about_rows(report, words), *origin_rows(report, words)],
        chart_note=chart_note,
        bar_percent=_bar_percent,
        value_text=value_text,
        rows_html=_rows_html,
        **COLOURS,
    )
    return page.encode()


def _bar_percent(chart: Chart, place: int) -> int:
    """Length of a bar of the first series, in percent of the axis."""
    share = (chart.series[0].values[place] or 0.0) / (axis_end(chart) or 1.0)
    return round(100 * min(1.0, max(0.0, share)))


def _rows_html(table: Table, unbroken: int) -> Markup:
    """A table's rows; not by the template, which would take seven times as long for the thousands of cells of an annex."""
    are_texts = [column.kind == "text" for column in table.columns]
    rows = []
    for place, cells in enumerate(table.rows):
        is_strong = place in table.strong_rows
        wash = f' bgcolor="#{WASH}"' if is_strong else ""
        rows.append(f'<tr style="border-bottom:1px solid #{HAIRLINE}"{wash}>')
        for is_text, cell in zip(are_texts, cells, strict=True):
            words = escape(printable(cell.text))
            inside = f"<b>{words}</b>" if is_strong or cell.is_strong else words
            looks = ["white-space:normal"] if is_text and len(inside) > unbroken else []
            looks += [f"padding-left:{8 + 14 * cell.indent}px"] if cell.indent else []
            style = f' style="{";".join(looks)}"' if looks else ""
            align = ' align="left"' if is_text else ""
            rows.append(f"<td{align}{style}>{inside}</td>")
        rows.append("</tr>")
    return Markup("".join(rows))
