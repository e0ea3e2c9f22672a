"""The ledger of declarations, its months, what is missing from it, and the form to declare on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

import polars as pl
import streamlit as st

from dashboard.session.address import go, keep_widget, link
from dashboard.session.state import to_query
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.panel import Panel, figure_panel, file_buttons, may_export, remark, sheet
from dashboard.ui.panels.over_time import CUT
from dashboard.ui.search import matches
from dashboard.ui.table_files import Cell
from dashboard.ui.translations import t
from dashboard.views.declarations.template import Form
from metrics.periods import Period

State = Literal["less", "open", "good"]
STATES: tuple[State, ...] = ("less", "open", "good")
"""Declared less than was issued; not approved; neither."""
MOST_SHOWN = 300
MISSING_SHOWN = 8
MONTHS = 13


@dataclass(frozen=True)
class Entry:
    """One declaration."""

    unit_code: str
    from_on: date
    to_on: date
    value: int
    issued: int
    declared_at: datetime | None
    declared_by: str | None
    approved_by: str | None
    note: str

    @property
    def issued_share(self) -> float:
        """How much of what was declared was issued; 1 where more was."""
        return min(1.0, self.issued / self.value) if self.value else float(self.issued > 0)

    @property
    def state(self) -> State:
        """What is to be said of it first."""
        return "less" if self.issued > self.value else "good" if self.approved_by else "open"


def entries(frame: pl.DataFrame, order: Sequence[str]) -> list[Entry]:
    """Declarations with those first that need a look, then in the order of the units, newest first."""
    place = {code: number for number, code in enumerate(order)}
    rows: list[dict[str, Any]] = frame.rename({"source_note": "note"}).to_dicts()
    found = [Entry(**{**row, "note": row["note"] or ""}) for row in rows]
    return sorted(found, key=lambda one: (STATES.index(one.state), place.get(one.unit_code, len(place)), -one.from_on.toordinal()))


def ledger_panel(page: Page, found: Sequence[Entry]) -> Panel:
    """The declarations that the link's search and state leave, those first that need a look."""
    query, state = page.selection.own_value("find"), _chosen_state(page)
    kept = [one for one in found if (not state or one.state == state) and matches(query, page.tree.label(one.unit_code), one.unit_code)]
    title = t("ledger.title")
    subtitle = t("ledger.subtitle", count=written.number(len(found), page.language), span=page.span)
    columns = tuple(t(f"ledger.{name}") for name in ("unit", "days", "declared", "issued", "state", "declared_at", "declared_by", "approved_by"))
    cells = [_cells(page, one) for one in kept]
    body = markup(
        "declarations/ledger.html",
        title=title,
        columns=columns,
        lines=[
            (one, page.tree.units[one.unit_code], link("", page.selection, unit=one.unit_code, find="", by=""), texts)
            for one, texts in zip(kept[:MOST_SHOWN], cells, strict=False)
        ],
        more=max(0, len(kept) - MOST_SHOWN),
    )
    return figure_panel(page, "ledger", title, subtitle, body, sheet(page, "so-khai-bao", title, subtitle, columns, cells), is_twin_shown=False)


def _chosen_state(page: Page) -> str:
    """The state that the link asks for; empty for all."""
    state = page.selection.own_value("by")
    return state if state in STATES else ""


def ledger_choices(page: Page) -> None:
    """Draws search and choice of state into the selection bar; both are in the link."""
    query, state = page.selection.own_value("find"), _chosen_state(page)

    def search() -> None:
        go(to_query(page.selection), {"find": str(st.session_state.get("ledger_find") or "")})

    def choose() -> None:
        chosen = st.session_state.get("ledger_by")
        go(to_query(page.selection), {"by": chosen if chosen in STATES else ""})

    names: dict[str, str] = {"": t("ledger.all_states"), **{name: t(f"ledger.state_{name}") for name in STATES}}
    box = st.popover(f":small[{t('ledger.state')}] {names[state]}", key="ledger_box", on_change="rerun")
    if box.open:
        with box:
            keep_widget("ledger_by", state)
            st.radio(
                t("ledger.state"), list(names), key="ledger_by", format_func=lambda name: names[name], on_change=choose, label_visibility="collapsed"
            )
    keep_widget("ledger_find", query)
    place = t("units.search_placeholder")
    st.text_input(t("units.search"), key="ledger_find", placeholder=place, on_change=search, label_visibility="collapsed", width=220)


def _cells(page: Page, one: Entry) -> tuple[Cell, ...]:
    """One declaration as a row of the file."""
    zone = page.reader.info.time_zone
    return (
        page.tree.label(one.unit_code),
        days_text(page, one.from_on, one.to_on),
        one.value,
        one.issued,
        t(f"ledger.state_{one.state}"),
        written.instant(one.declared_at, zone, page.language).rpartition(" ")[0] if one.declared_at else written.NO_ACTIVITY,
        written.short_key(one.declared_by),
        written.short_key(one.approved_by),
    )


def days_text(page: Page, from_on: date, to_on: date) -> str:
    """A whole month by its name, other days as a range."""
    is_month = from_on.day == 1 and (from_on.year, from_on.month) == (to_on.year, to_on.month) and date.fromordinal(to_on.toordinal() + 1).day == 1
    return written.month(from_on.year, from_on.month, page.language) if is_month else written.span(from_on, to_on, page.language)


def months_panel(page: Page, found: Sequence[Entry]) -> Panel:
    """Declared and issued of the last months up to the period's end, for the units of the scope together."""
    title = t("ledger.months_title")
    subtitle = t("ledger.months_subtitle", scope=page.scope_label)
    spans: dict[tuple[date, date], tuple[int, int, int]] = {}
    for one in found:
        declared, issued, units = spans.get((one.from_on, one.to_on), (0, 0, 0))
        spans[one.from_on, one.to_on] = (declared + one.value, issued + one.issued, units + 1)
    bars: list[tuple[str, int, int, str, bool]] = []
    rows: list[tuple[Cell, ...]] = []
    is_cut = False
    for (from_on, to_on), (declared, issued, units) in sorted(spans.items(), reverse=True)[:MONTHS]:
        # What was issued on a part of the days is no rate of what was declared for all of them.
        is_whole = page.reader.coverage("outgoing_documents", page.selection, Period(from_on, to_on)).is_whole
        is_cut = is_cut or not is_whole
        rate = written.percent(issued / declared, page.language, 1, declared) if declared and is_whole else written.NO_ACTIVITY
        is_current = from_on <= page.selection.to_on and to_on >= page.selection.from_on
        bars.append((days_text(page, from_on, to_on) + ("" if is_whole else CUT), declared, issued, rate, is_current))
        rows.append((bars[-1][0], units, declared, issued, rate))
    subtitle = " · ".join((subtitle, t("ledger.months_cut"))) if is_cut else subtitle
    largest = max((max(declared, issued) for _, declared, issued, _, _ in bars), default=0) or 1
    body = markup("declarations/months.html", bars=bars, largest=largest) if bars else remark(t("ledger.none"))
    columns = (t("ledger.days"), t("ledger.units"), t("ledger.declared"), t("ledger.issued"), t("ledger.rate"))
    return figure_panel(page, "months", title, subtitle, body, sheet(page, "khai-bao-theo-thang", title, subtitle, columns, rows))


def missing_panel(page: Page, missing: pl.DataFrame) -> Panel:
    """The units that issued documents on days for which they declared nothing."""
    title, subtitle = t("ledger.missing_title"), t("ledger.missing_subtitle", span=page.span)
    if "outgoing_documents" not in page.reader.known_metrics(page.selection.period):
        return figure_panel(page, "undeclared", title, subtitle, remark(t("ledger.missing_unknown")), None)
    if missing.is_empty():
        return figure_panel(page, "undeclared", title, subtitle, remark(f"✓ {t('ledger.missing_none')}", "all-passed"), None)
    rows = [(page.tree.label(code), int(days), int(documents)) for code, days, documents in missing.iter_rows()]
    addresses = [link("", page.selection, unit=code) for code in missing["unit_code"].head(MISSING_SHOWN)]
    body = markup("declarations/missing.html", lines=list(zip(addresses, rows, strict=False)), more=max(0, missing.height - MISSING_SHOWN))
    columns = (t("ledger.unit"), t("ledger.missing_days"), t("ledger.missing_documents"))
    return figure_panel(page, "undeclared", title, subtitle, body, sheet(page, "chua-khai-bao", title, subtitle, columns, rows), is_twin_shown=False)


def template_panel(page: Page) -> Panel:
    """The form to declare on, for the units of the scope and the days of the period, and what happens to what is sent."""
    from_on, to_on = page.selection.from_on, page.selection.to_on
    units = [(unit.code, unit.name) for unit in page.tree.units.values() if unit.is_valid_in(from_on, to_on) and _is_inside(page, unit.code)]
    form = Form(f"khai-bao-{from_on}-{to_on}", tuple(units), from_on, to_on)
    words = t("ledger.template_download", count=written.number(len(units), page.language))
    button = file_buttons("template", form.name, [("xlsx", words, words)]) if may_export(page) else ""
    body = markup("declarations/template.html", checks=("unit", "days", "value", "twice", "less"), button=button)
    return figure_panel(page, "template", t("ledger.template_title"), page.span, body, None, lists=[("template", form)])


def _is_inside(page: Page, code: str) -> bool:
    unit: str | None = code
    while unit is not None and unit != page.selection.unit_code:
        unit = page.tree.units[unit].parent_code
    return page.selection.unit_code is None or unit is not None
