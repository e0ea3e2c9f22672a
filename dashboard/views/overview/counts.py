"""The strip of counts: outgoing documents and the parts that make them up, signing, internal and axis documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from markupsafe import Markup

from dashboard.session.figures import Figure
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.translations import t


@dataclass(frozen=True)
class Group:
    """Counts that belong together: metric and words of the headline count, and of the parts shown below it."""

    title: str
    total: tuple[str, str] | None
    parts: tuple[tuple[str, str], ...]
    is_drawn: bool
    """Whether the parts make up the whole, and so are drawn as a bar."""


GROUPS = (
    Group(
        "outgoing",
        ("outgoing_documents", "outgoing_unit"),
        (("outgoing_electronic", "electronic"), ("outgoing_parallel", "parallel"), ("outgoing_paper", "paper")),
        is_drawn=True,
    ),
    Group("signing", None, (("outgoing_signed", "signed"), ("outgoing_not_signed", "not_signed")), is_drawn=True),
    Group("internal", None, (("internal_outgoing", "internal_outgoing"), ("internal_incoming", "internal_incoming")), is_drawn=False),
    Group("axis", None, (("axis_outgoing", "axis_outgoing"), ("axis_incoming", "axis_incoming")), is_drawn=False),
)
NAMES: tuple[str, ...] = (*(name for group in GROUPS for name, _ in (*filter(None, (group.total,)), *group.parts)), "recalled_documents")


def counts_row(page: Page, figures: Mapping[str, Figure]) -> Markup:
    """The strip."""
    context = f"{page.population('document')} · {page.span}"
    recalled = figures["recalled_documents"]
    note = f"{context} · {t('counts.recalled', count=recalled.count_text)}" if recalled.numerator else context
    contexts = {"outgoing": note, "internal": t("counts.internal_note")}
    known = (replace(group, parts=tuple(part for part in group.parts if part[0] in page.known)) for group in GROUPS)
    groups = [group for group in known if group.parts or (group.total and group.total[0] in page.known)]
    with_bar = [group.title for group in groups if group.is_drawn and any(figures[name].numerator for name, _ in group.parts)]
    return markup("overview/counts.html", groups=groups, with_bar=with_bar, figures=figures, contexts=contexts, context=context)
