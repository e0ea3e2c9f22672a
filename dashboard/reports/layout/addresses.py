"""Where the dashboard shows a report's figures: an address for each, and one for the whole."""

from __future__ import annotations

from urllib.parse import urlencode

from dashboard.reports.content.blocks import Figure, Report
from dashboard.session.state import Selection, to_query
from metrics.periods import Period


def figure_address(report: Report, figure: Figure) -> str:
    """The first page with the figure's unit and days, opened at its rate; empty where the home says no address."""
    period = Period(figure.period_from, figure.period_to)
    return _address(report, figure.unit_code, period, figure.metric if figure.kind == "rate" else "")


def report_address(report: Report) -> str:
    """The first page with what the report is of, on the days of its first figure; empty without an address, or without a figure."""
    if not report.figures:
        return ""
    first = report.figures[0]
    return _address(report, dict(report.provenance.parameters).get("unit"), Period(first.period_from, first.period_to))


def _address(report: Report, unit_code: str | None, period: Period, metric: str = "") -> str:
    if not report.address:
        return ""
    population = dict(report.provenance.parameters).get("population", "all")
    query = to_query(Selection(unit_code or None, period.from_on, period.to_on, population, report.language))
    return f"{report.address}/?{urlencode(query | ({'metric': metric} if metric else {}))}"
