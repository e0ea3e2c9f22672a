"""V. Requests to the addressee in the department's own words, and proposals to the units, each resting on a figure of the report."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Figure, Paragraph
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.sections.assessment.difficulties import looked_at

TITLE = "Kiến nghị, đề xuất"
NAMES = ("activation_rate", "login_rate", "parallel_ratio", "fully_signed_ratio", "on_time_ratio")


def write(data: ReportData) -> list[Block]:
    """Proposals in the order of the report: accounts, documents, signatures, deadlines, declarations, data."""
    figures = data.figures(NAMES)
    activation, login, parallel, signed, on_time = (figures[name] for name in NAMES)
    items: list[Paragraph] = []
    if _is_unfinished(activation):
        helped = [data.name_of(one.unit) for one in data.low_units()]
        goal = {"target": data.aim(activation), "missing": data.missing(activation)}
        items.append(data.item("proposals.activation", **goal, names=helped))
    if _is_unfinished(login):
        items.append(data.item("proposals.login", figure=login))
    if parallel.numerator:
        items.append(data.item("proposals.parallel", figure=parallel))
    if _is_unfinished(signed):
        items.append(data.item("proposals.signed", figure=signed))
    if _is_unfinished(on_time) and data.missing(on_time) != 0:
        items.append(data.item("proposals.on_time", figure=on_time))
    _, undeclared = data.reader.declarations(data.request.selection)
    if "electronic_issue_ratio" in data.known and (names := [data.name_of(code) for code in undeclared["unit_code"] if code in data.units]):
        items.append(data.item("proposals.declared", names=names))
    doubtful = dict.fromkeys(code for check in data.failed_checks() for code in check.unit_codes if code in data.units)
    if doubtful:
        items.append(data.item("proposals.data", names=[data.name_of(code) for code in doubtful], annex=data.annex_called("consistency")))
    if not items:
        return [*data.own("requests"), data.say("proposals.none", **looked_at(data, figures))]
    return [*data.own("requests"), data.say("proposals.lead"), *items]


def _is_unfinished(ratio: Figure) -> bool:
    return ratio.value is not None and ratio.numerator != ratio.denominator
