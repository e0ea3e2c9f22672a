"""A figure that can be taken away: its panel as markup, its table twin, and the tables that go into files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlencode

import streamlit as st

from dashboard.session import policy as access
from dashboard.session.state import to_query
from dashboard.ui import format as written
from dashboard.ui.charts.panel import TABLES, file_buttons, panel, table
from dashboard.ui.page_context import Page
from dashboard.ui.table_files import Cell, Offer, Sheet, rows_of
from dashboard.ui.theme import Mode
from dashboard.ui.translations import t

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

KEPT = 200
"""Composed parts of pages that are kept; one is up to a quarter of a MiB."""

Part = TypeVar("Part")
File = tuple[str, Offer]
"""The name that a page offers a file under, and what makes it."""
SPLIT = "<!-- drawn -->"
PLOTLY: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False, "showAxisDragHandles": False}


class Drawn(Protocol):
    """A figure that the reader's browser draws, told before anyone knows whether in light or in dark."""

    @property
    def alt(self) -> str: ...

    def figure(self, mode: Mode) -> go.Figure: ...


@dataclass(frozen=True)
class Panel:
    """Markup, and what may be taken away of it."""

    markup: str
    files: tuple[File, ...] = ()
    drawn: tuple[str, Drawn, str] | None = None
    """Where plotly draws the figure: the panel's name, the figure, and what comes below it; `markup` is then what stands above."""


@dataclass(frozen=True)
class Columns:
    """Panels side by side of which some are drawn by plotly, and so need elements of their own."""

    widths: str
    columns: tuple[tuple[Panel, ...], ...]


def sheet(page: Page, name: str, title: str, subtitle: str, columns: tuple[str, ...], rows: list[tuple[Cell, ...]]) -> Sheet:
    """A sheet that says in itself what it covers: unit, period, population and the snapshot that it was read from."""
    file = f"vanban-{name}-{page.selection.unit_code or 'all'}-{page.selection.from_on}-{page.selection.to_on}"
    return Sheet(file, title, tuple(filter(None, (subtitle, *covers(page)))), columns, rows_of(rows), page.language)


def covers(page: Page) -> tuple[str, ...]:
    """What figures of this view cover: unit and period, snapshot and cut-off, and that they are made up where they are."""
    info = page.reader.info
    cutoff = written.instant(info.cutoff_at, info.time_zone, page.language)
    synthetic = (t("frame.synthetic"),) if info.is_synthetic else ()
    return (f"{page.scope_label} · {page.span}", t("why.snapshot_text", name=info.snapshot, instant=cutoff), *synthetic)


def figure_panel(
    page: Page,
    name: str,
    title: str,
    subtitle: str,
    body: str,
    twin: Sheet | None,
    is_twin_shown: bool = True,
    action: tuple[str, str] | None = None,
    lists: Sequence[File] = (),
) -> Panel:
    """The panel; `body` is markup already. Without a twin there is nothing to take away. `lists` are tables that the body has buttons for.

    Files are only offered to those who may export, and are made when they are asked for.
    """
    has_rows = twin is not None and bool(twin.rows)
    may_take = may_export(page)
    files = buttons(name, title, twin.name, has_picture=True) if twin is not None and has_rows and may_take else ""
    markup = table(twin.columns, twin.texts(), title) if twin is not None and has_rows and is_twin_shown else ""
    offered = (*(((name, twin),) if twin is not None and has_rows else ()), *lists) if may_take else ()
    return Panel(panel(title, subtitle, body, name, markup, t("frame.table"), action, files, " · ".join(covers(page))), offered)


def drawn_panel(page: Page, name: str, title: str, subtitle: str, drawn: Drawn, twin: Sheet) -> Panel:
    """The panel of a figure that plotly draws, with the same head, files and table twin as any other."""
    whole = figure_panel(page, name, title, subtitle, SPLIT, twin)
    head, below = whole.markup.split(SPLIT)
    return Panel(f"{head}</div></section>", whole.files, (name, drawn, below.removeprefix("</div>").removesuffix("</section>")))


def may_export(page: Page) -> bool:
    """Whether this viewer may take figures of the selection away."""
    period = (page.selection.from_on, page.selection.to_on)
    return access.may(page.reader.viewer, "export", page.selection.unit_code, period, "aggregate")


def buttons(name: str, title: str, file_name: str, has_picture: bool = False) -> str:
    """Markup of the buttons CSV and XLSX for a table, and PNG where the figure can be taken as a picture."""
    kinds = (*TABLES, "png") if has_picture else TABLES
    return file_buttons(name, file_name, [(kind, kind.upper(), t("figure.download", kind=kind.upper(), title=title)) for kind in kinds])


def in_columns(widths: str, *columns: Sequence[Panel | None]) -> Panel:
    """Panels side by side in columns (`widths` as CSS: "2fr 1fr"), one above the other where the screen is narrow."""
    shown = [[one for one in column if one is not None] for column in columns]
    inner = "".join(f'<div class="column">{"".join(one.markup for one in column)}</div>' for column in shown)
    files = tuple(file for column in shown for one in column for file in one.files)
    return Panel(f'<div class="columns" style="grid-template-columns:{widths}">{inner}</div>', files)


def in_drawn_columns(widths: str, *columns: Sequence[Panel | None]) -> Columns:
    """`in_columns` for panels of which some may be drawn by plotly."""
    return Columns(widths, tuple(tuple(one for one in column if one is not None) for column in columns))


def draw(page: Page, *parts: Panel | Columns | str) -> None:
    """Draws parts one below the other with as few elements as can be, and offers their tables to who asks for a file."""
    waiting = ""
    for part in parts:
        if isinstance(part, Panel):
            page.offered.update(part.files)
        if isinstance(part, str) or (isinstance(part, Panel) and part.drawn is None):
            waiting += part if isinstance(part, str) else part.markup
            continue
        if waiting:
            st.html(waiting)
            waiting = ""
        if isinstance(part, Columns):
            _draw_columns(page, part)
        else:
            _draw_drawn(page, part)
    if waiting:
        st.html(waiting)


def _draw_columns(page: Page, part: Columns) -> None:
    with st.container(key="columns"):
        widths = [float(width.removesuffix("fr")) for width in part.widths.split()]
        for place, panels in zip(st.columns(widths, gap="small"), part.columns, strict=True):
            with place:
                draw(page, *panels)


def _draw_drawn(page: Page, part: Panel) -> None:
    assert part.drawn is not None
    name, drawn, below = part.drawn
    figure = remembered(page, f"{name}_{page.mode}", lambda: drawn.figure(page.mode))
    with st.container(key=f"drawn_{name}"):
        st.html(part.markup)
        st.plotly_chart(figure, key=f"chart_{name}", theme=None, config=PLOTLY, alt=drawn.alt)
        if below:
            st.html(below)


def remembered(page: Page, name: str, compose: Callable[[], Part]) -> Part:
    """What `compose` made for this view before, or makes now: a part of a page that draws nothing and nobody changes.

    The key is all that a page is made of: snapshot, what the viewer may see, the whole address, and the installation's own settings.
    """
    viewer = page.reader.viewer
    key = (name, str(page.reader.path), viewer.scope_key, viewer.home_unit or "", urlencode(to_query(page.selection)), page.settings)
    found: Part = _kept("\n".join(key), compose)
    return found


@st.cache_resource(show_spinner=False, max_entries=KEPT)
def _kept(key: str, _compose: Callable[[], Part]) -> Part:
    return _compose()
