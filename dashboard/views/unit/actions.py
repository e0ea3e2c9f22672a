"""What a unit has to do: what can be mended now apart from what only the next period can show, what is worth most first; and for those who may
see them the accounts and documents themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import File, Panel, buttons, figure_panel, may_export, remark, sheet
from dashboard.ui.translations import rows_word, t
from dashboard.views.unit.account_names import account_names, plain_key
from dashboard.views.unit.places import Place, distance_text
from data.paths import Home
from metrics.catalog import metric
from metrics.comparison.pace import STATES
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
    due = sorted((place for place in places.values() if place.missing), key=lambda place: -place.gap)
    due.sort(key=lambda place: (not _is_mendable(page, place), place.target is None))  # the average is no target that anybody set
    if not due:
        reached = t("unit.actions_none") if any(place.missing is not None for place in places.values()) else t("unit.actions_unknown")
        return figure_panel(page, "actions", title, subtitle, remark(reached, "all-passed"), None)
    parts = {when: [_action(page, place) for place in due if _is_mendable(page, place) is (when == "now")] for when in ("now", "next")}
    listed = [place.own.metric for place in due if _has_rows(place) and page.reader.may_see_rows(page.selection, place.own.metric)]
    note = t("tree.rows_as_was") if page.selection.tree != "as_was" else "" if listed else t("unit.actions_closed")
    lists = [open_rows(page, name) for name in (listed if page.selection.tree == "as_was" else [])]
    is_unit = page.reader.viewer.role == "unit"
    if not note and is_unit and any(ROWS[metric(one.metric).of].is_of_accounts for one in lists) and not _has_names(page):
        note = t("unit.actions_keys")
    body = markup(
        "unit/actions.html", parts=parts, note=note, lists=lists, listed=LISTED, rows_word=lambda one: rows_word(metric(one.metric).of, len(one.rows))
    )
    columns = (t("unit.actions_when"), t("unit.rate"), t("unit.distance"))
    rows = [(t(f"unit.actions_{when}"), *action) for when, actions in parts.items() for action in actions]
    twin = sheet(page, "viec-can-lam", title, subtitle, columns, rows, of=[place.own.metric for place in due])
    files = [file for one in lists for file in one.files]
    return figure_panel(page, "actions", title, subtitle, body, twin, is_twin_shown=False, lists=files)


def _is_mendable(page: Page, place: Place) -> bool:
    """Whether the figure of the period can still be raised: of a state as long as it is the newest, of what happens in a period while it runs.

    What was sent on paper or too late in a period that is over stays so: only the next one can show that it is done otherwise.
    """
    info = page.reader.info
    if place.own.metric in STATES:
        return page.selection.to_on >= info.cutoff_on
    return page.selection.to_on > info.cutoff_on and ROWS[metric(place.own.metric).of].is_of_accounts


def _action(page: Page, place: Place) -> tuple[str, str]:
    return t(f"unit.rate_{place.own.metric}"), distance_text(page, place)


def _has_names(page: Page) -> bool:
    return account_names(Home(page.reader.path.parents[2]), page.reader.viewer) is not None


def _has_rows(place: Place) -> bool:
    declared = metric(place.own.metric)
    return isinstance(declared, Ratio) and declared.good == "up" and not ROWS[declared.of].measures


def open_rows(page: Page, name: str) -> OpenRows:
    """The rows that a ratio lacks, and the same as a file for those who may export; raises AccessDenied for those who may not see them."""
    frame = page.reader.open_rows(name, page.selection)
    is_account = ROWS[metric(name).of].table == "account"
    names = account_names(Home(page.reader.path.parents[2]), page.reader.viewer) or {}
    rows = [
        (page.tree.label(code) if code else written.NO_ACTIVITY, names.get(plain_key(key), written.short_key(key)) if is_account else number or key)
        for code, key, number in frame.select("unit_code", "row_key", "number").iter_rows()
    ]
    if not rows or not may_export(page):
        return OpenRows(name, rows, (), Markup())
    title = t(f"unit.rate_{name}")
    file = sheet(page, f"con-lai-{name}", title, t("unit.actions_title"), (t("unit.unit"), t(f"unit.row_{metric(name).of}")), rows)
    return OpenRows(name, rows, ((f"open_{name}", file),), buttons(f"open_{name}", title, file.name))
