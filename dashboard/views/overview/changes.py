"""What changed: the three largest changes of the six rates since the days compared with, each with where and why."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.minute import Change, Minute, cause_text
from dashboard.session.address import link
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, remark, sheet
from dashboard.ui.table_files import Rate
from dashboard.ui.translations import t


@dataclass(frozen=True)
class ChangeLine:
    """One change in words: what and by how much, where, and why."""

    metric: str
    title: str
    address: str
    arrow: str
    points: str
    is_good: bool | None
    where: str
    why: str


def changes_panel(page: Page, minute: Minute, compared: str) -> Panel | None:
    """The panel; None where nothing is compared with. compared: the days compared with, in words."""
    if not compared:
        return None
    title, subtitle = t("changes.title"), t("changes.subtitle", words=compared)
    if not minute.changes:
        return figure_panel(page, "changes", title, subtitle, remark(t("changes.none")), None)
    lines = [_line(page, change) for change in minute.changes]
    columns = (t("unit.rate"), t("changes.before"), t("changes.now"), t("changes.points"), t("changes.where"), t("changes.why"))
    rows = [
        (
            line.title,
            Rate(change.before.value, change.before.denominator),
            Rate(change.now.value, change.now.denominator),
            written.signed_points(change.difference, page.language, change.fewest),
            line.where,
            line.why,
        )
        for line, change in zip(lines, minute.changes, strict=True)
    ]
    return figure_panel(
        page,
        "changes",
        title,
        subtitle,
        markup("overview/changes.html", lines=lines),
        sheet(page, "thay-doi", title, subtitle, columns, rows, of=[line.metric for line in lines]),
        is_twin_shown=False,
    )


def _line(page: Page, change: Change) -> ChangeLine:
    name = change.now.metric
    names = [page.tree.label(code) for code in change.places]
    return ChangeLine(
        metric=name,
        title=t(f"card.{name}.title"),
        address=link("", page.selection, metric=name),
        arrow="▲" if change.difference > 0 else "▼",
        points=written.signed_points(change.difference, page.language, change.fewest),
        is_good=None if change.is_chance else change.is_good,
        where=t("changes.most_at", names=", ".join(names)) if names and not change.is_chance else "",
        why=cause_text(change, page.language),
    )
