"""Khai báo: what units declared, beside what was measured; who has not declared; and the form to declare on."""

from __future__ import annotations

from markupsafe import Markup

from dashboard.ledger.entered.kinds import KINDS
from dashboard.session.figures import whole
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Columns, draw, in_columns, remembered, sentence
from dashboard.ui.translations import t
from dashboard.ui.why import why_button
from dashboard.views.declarations.desk import draw_desk
from dashboard.views.declarations.panels import MONTHS, STATES, entries, ledger_choices, ledger_panel, missing_panel, months_panel, template_panel
from metrics.catalog import METRICS
from metrics.periods import Period, month

TITLE = "page.declarations"
READS = {"find": None, "by": lambda _: STATES, "kind": lambda _: KINDS, "metric": lambda _: [one.name for one in METRICS]}


choices = ledger_choices


def render(page: Page) -> None:
    """Draws the page."""
    if page.reader.reads("declared_total"):
        draw(page, *remembered(page, "declarations", lambda: _compose(page)))
    else:  # what people enter there is of other kinds
        draw(page, sentence(t("ledger.sentence_desk")))
    draw_desk(page)


def _compose(page: Page) -> tuple[Markup, Columns]:
    selection = page.selection
    frame, missing = page.reader.declarations(selection)
    order = list(page.tree.units)
    found = entries(frame, order)
    first = selection.to_on.replace(day=1)
    for _ in range(MONTHS - 1):
        first = month(first.fromordinal(first.toordinal() - 1)).from_on
    history, _ = page.reader.declarations(selection, Period(min(first, selection.from_on), selection.to_on))
    ratio = whole(page.reader.values(["electronic_issue_ratio"], selection), selection.unit_code)["electronic_issue_ratio"]

    narrow = (missing_panel(page, missing), template_panel(page))
    if found and "electronic_issue_ratio" not in page.known:
        return sentence(t("ledger.sentence_forms_unknown", units=len({one.unit_code for one in found}))), in_columns(
            "1fr 1fr", narrow[:1], narrow[1:]
        )
    declared, issued = sum(one.value for one in found), sum(one.issued for one in found)
    text = t("ledger.sentence_none")
    if found:
        units = len({one.unit_code for one in found})
        text = t("ledger.sentence", units=units, declared=written.number(declared, page.language), issued=written.number(issued, page.language))
    less = list(dict.fromkeys(one.unit_code for one in found if one.state == "less"))
    looks = []
    if less:
        names = ", ".join(page.tree.label(code) for code in less[:3]) + (" …" if len(less) > 3 else "")
        looks.append(t("ledger.sentence_less", count=len(less), names=names))
    if missing.height:
        looks.append(t("ledger.sentence_missing", count=missing.height))
    top = sentence(text, " ".join(looks))
    if ratio.counts_text:
        top += markup("declarations/ratio.html", ratio=ratio, why=why_button(page, ratio))
    return top, in_columns("2.3fr 1fr", (ledger_panel(page, found),), (months_panel(page, entries(history, order)), *narrow))
