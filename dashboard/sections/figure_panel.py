"""The frame around a figure that can be taken away: title, what it covers, the figure, its table twin, and the table as CSV and XLSX."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from html import escape
from pathlib import Path

import streamlit as st

from dashboard import access
from dashboard import format as written
from dashboard.charts.panel import table
from dashboard.export import Cell, Sheet, as_csv, as_xlsx, rows_of
from dashboard.page import Page
from dashboard.translations import t

STYLESHEET = Path(__file__).parent.parent / "style_pages.css"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page_styles() -> None:
    """The looks of the pages behind the overview; asked for once at the top of such a page."""
    st.html(STYLESHEET)


def sheet(page: Page, name: str, title: str, subtitle: str, columns: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Sheet:
    """A sheet that says in itself what it covers: unit, period, population and the snapshot that it was read from."""
    info = page.reader.info
    cutoff = written.instant(info.cutoff_at, info.time_zone, page.language)
    about = [subtitle, f"{page.scope_label} · {page.span}", t("why.snapshot_text", name=info.snapshot, instant=cutoff)]
    if info.is_synthetic:
        about.append(t("frame.synthetic"))
    file = f"vanban-{name}-{page.selection.unit_code or 'all'}-{page.selection.from_on}-{page.selection.to_on}"
    return Sheet(file, title, tuple(filter(None, about)), columns, rows_of(rows), page.language)


def figure_panel(
    page: Page,
    name: str,
    title: str,
    subtitle: str,
    body: str,
    twin: Sheet | None,
    is_twin_shown: bool = True,
    more: Callable[[], None] | None = None,
) -> None:
    """Draws the panel; `body` is markup already. Without a twin there is nothing to take away. `more` draws what is no markup.

    Files are only offered to those who may export, and are made when they are asked for.
    """
    with st.container(key=f"figure_{name}"):
        with st.container(key=f"figure_head_{name}", horizontal=True, vertical_alignment="top"):
            st.html(f'<header class="panel-head"><h3>{escape(title)}</h3><p class="subtitle">{escape(subtitle)}</p></header>')
            if twin is not None and twin.rows and may_export(page):
                downloads(twin, name, title)
        if body:
            st.html(f'<section class="figure-body" data-panel="{escape(name)}" aria-label="{escape(title)}">{body}</section>')
        if more is not None:
            more()
        if twin is not None and twin.rows and is_twin_shown:
            markup = table(twin.columns, twin.texts(), title)
            st.html(f'<details class="twin"><summary>{escape(t("frame.table"))}</summary><div class="twin-frame">{markup}</div></details>')


def may_export(page: Page) -> bool:
    """Whether this viewer may take figures of the selection away."""
    period = (page.selection.from_on, page.selection.to_on)
    return access.may(page.reader.viewer, "export", page.selection.unit_code, period, "aggregate")


def downloads(twin: Sheet, name: str, title: str) -> None:
    """Two small buttons, CSV and XLSX, for the table of a figure."""
    for kind, make, mime in (("CSV", as_csv, "text/csv"), ("XLSX", as_xlsx, XLSX)):
        st.download_button(
            kind,
            data=partial(make, twin),
            file_name=f"{twin.name}.{kind.lower()}",
            mime=mime,
            help=t("figure.download", kind=kind, title=title),
            type="tertiary",
            on_click="ignore",
            key=f"{kind.lower()}_{name}",
        )
