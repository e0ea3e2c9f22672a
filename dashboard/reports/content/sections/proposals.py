"""IV. What to do next, each proposal resting on a figure of the report; what is done already is not proposed."""

from __future__ import annotations

from dashboard.reports.content.blocks import Block, Figure, Paragraph
from dashboard.reports.content.report_data import Material
from dashboard.reports.content.sections.comparison import in_need

TITLE = "Giải pháp, kiến nghị"
NAMES = ("activation_rate", "login_rate", "parallel_ratio", "fully_signed_ratio", "on_time_ratio")


def write(material: Material) -> list[Block]:
    """Proposals in the order of the report: accounts, documents, signatures, deadlines, declarations, data."""
    figures = material.figures(NAMES)
    activation, login, parallel, signed, on_time = (figures[name] for name in NAMES)
    items: list[Paragraph] = []
    if _is_unfinished(activation):
        helped = [material.called(one.unit) for one in in_need([one for one in material.standings("activation_rate") if one.figure.denominator])]
        goal = {"target": material.target(activation), "missing": material.missing(activation)}
        items.append(material.item("proposals.activation", **goal, names=helped))
    if _is_unfinished(login):
        items.append(material.item("proposals.login", figure=login))
    if parallel.numerator:
        items.append(material.item("proposals.parallel", figure=parallel))
    if _is_unfinished(signed):
        items.append(material.item("proposals.signed", figure=signed))
    if _is_unfinished(on_time) and material.missing(on_time) != 0:
        items.append(material.item("proposals.on_time", figure=on_time))
    _, undeclared = material.reader.declarations(material.request.selection)
    if names := [material.called(code) for code in undeclared["unit_code"] if code in material.units]:
        items.append(material.item("proposals.declared", names=names))
    doubtful = dict.fromkeys(code for check in material.checks() if not check.is_passed for code in check.unit_codes if code in material.units)
    if doubtful:
        items.append(material.item("proposals.data", names=[material.called(code) for code in doubtful], annex=material.annex("consistency")))
    return [material.say("proposals.lead"), *items] if items else [material.say("proposals.none")]


def _is_unfinished(ratio: Figure) -> bool:
    return ratio.value is not None and ratio.numerator != ratio.denominator
