"""The strip of counts: outgoing documents and the parts that make them up, signing, internal and axis documents."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.session.figures import Figure
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t
from dashboard.views.overview.counts_strip import Group, Part, counts_strip

NAMES: tuple[str, ...] = (
    "outgoing_documents",
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_paper",
    "outgoing_signed",
    "outgoing_not_signed",
    "internal_outgoing",
    "internal_incoming",
    "axis_outgoing",
    "axis_incoming",
    "recalled_documents",
)


def counts_row(page: Page, figures: Mapping[str, Figure]) -> str:
    """Markup of the strip."""

    def part(metric: str, words: str, is_drawn: bool = False) -> Part:
        figure = figures[metric]
        weight = float(figure.numerator) if is_drawn and figure.numerator is not None else None
        return Part(metric, figure.count_text, t(f"counts.{words}"), weight)

    context = f"{page.population('document')} · {page.span}"
    recalled = figures["recalled_documents"]
    note = t("counts.recalled", count=recalled.count_text) if recalled.numerator else ""
    return counts_strip(
        [
            Group(
                t("counts.outgoing"),
                part("outgoing_documents", "outgoing_unit"),
                (part("outgoing_electronic", "electronic", True), part("outgoing_parallel", "parallel", True), part("outgoing_paper", "paper", True)),
                f"{context} · {note}" if note else context,
            ),
            Group(t("counts.signing"), None, (part("outgoing_signed", "signed", True), part("outgoing_not_signed", "not_signed", True)), context),
            Group(
                t("counts.internal"),
                None,
                (part("internal_outgoing", "internal_outgoing"), part("internal_incoming", "internal_incoming")),
                t("counts.internal_note"),
            ),
            Group(t("counts.axis"), None, (part("axis_outgoing", "axis_outgoing"), part("axis_incoming", "axis_incoming")), context),
        ]
    )
