"""What a unit has to do: the fewest actions first, and for those who may see them the accounts and documents themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import File, Panel, buttons, figure_panel, may_export, remark, sheet
from dashboard.ui.translations import t
from dashboard.views.unit.places import Place, distance_text
from metrics.catalog import metric
from metrics.model import Ratio
from metrics.rows import ROWS

LISTED = 60
"""Rows of a list of actions on screen; the file has them all."""


@dataclass(frozen=True)
class OpenRows:
    """The rows that a ratio still lacks: unit, and pseudonym of the account or number of the document."""

    metric: str
    rows: Sequence[tuple[str, str]]
    files: tuple[File, ...]
    buttons: Markup


def actions_panel(page: Page, places: Mapping[str, Place]) -> Panel:
    """The actions, and the rows that they concern."""
    title, subtitle = t("unit.actions_title"), t("unit.actions_subtitle")
    due = sorted((place for place in places.values() if place.missing), key=lambda place: place.missing or 0)
    if not due:
        reached = t("unit.actions_none") if any(place.missing is not None for place in places.values()) else t("unit.actions_unknown")
        return figure_panel(page, "actions", title, subtitle, remark(reached, "all-passed"), None)
    actions = [(t(f"unit.rate_{place.own.metric}"), distance_text(page, place)) for place in due]
    listed = [place.own.metric for place in due if _has_rows(place) and page.reader.may_see_rows(page.selection, place.own.metric)]
    note = t("tree.rows_as_was") if page.selection.tree != "as_was" else "" if listed else t("unit.actions_closed")
    lists = [open_rows(page, name) for name in (listed if page.selection.tree == "as_was" else [])]
    body = markup("unit/actions.html", actions=actions, note=note, lists=lists, listed=LISTED, row_kind=lambda name: metric(name).of)
    twin = sheet(page, "viec-can-lam", title, subtitle, (t("unit.rate"), t("unit.distance")), actions)
    files = [file for one in lists for file in one.files]
    return figure_panel(page, "actions", title, subtitle, body, twin, is_twin_shown=False, lists=files)


def _has_rows(place: Place) -> bool:
    declared = metric(place.own.metric)
    return isinstance(declared, Ratio) and declared.good == "up" and not ROWS[declared.of].measures


def open_rows(page: Page, name: str) -> OpenRows:
    """The rows that a ratio lacks, and the same as a file for those who may export; raises AccessDenied for those who may not see them."""
    frame = page.reader.open_rows(name, page.selection)
    is_account = ROWS[metric(name).of].table == "account"
    rows = [
        (page.tree.label(code) if code else written.NO_ACTIVITY, written.short_key(key) if is_account else number or key)
        for code, key, number in frame.select("unit_code", "row_key", "number").iter_rows()
    ]
    if not rows or not may_export(page):
        return OpenRows(name, rows, (), Markup())
    title = t(f"unit.rate_{name}")
    file = sheet(page, f"con-lai-{name}", title, t("unit.actions_title"), (t("unit.unit"), t(f"unit.row_{metric(name).of}")), rows)
    return OpenRows(name, rows, ((f"open_{name}", file),), buttons(f"open_{name}", title, file.name))
