"""Panels: a chart or table with its title, its files and the same figures as a plain table; and how a page draws them."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlencode

import streamlit as st
from markupsafe import Markup

from dashboard.session import policy
from dashboard.session.quality_line import quality_line
from dashboard.session.state import to_query
from dashboard.ui import format as written
from dashboard.ui.markup import markup
from dashboard.ui.page_context import Page
from dashboard.ui.table_files import Cell, Offer, Sheet, rows_of
from dashboard.ui.theme import Mode
from dashboard.ui.translations import t
from data.language import in_language
from metrics.catalog import metric

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

Part = TypeVar("Part")
File = tuple[str, Offer]
"""The name that a page offers a file under, and what makes it."""
TABLES = ("csv", "xlsx")
"""The kinds of file that a table can be taken away as."""
PLOTLY: dict[str, Any] = {"displayModeBar": False, "scrollZoom": False, "doubleClick": "reset", "showTips": False, "showAxisDragHandles": False}


class PlotlyChart(Protocol):
    """A chart that plotly draws in the browser; whether in light or in dark is known only then."""

    @property
    def alt(self) -> str: ...

    def figure(self, mode: Mode) -> go.Figure: ...


@dataclass(frozen=True)
class Panel:
    """Markup, and what may be taken away of it."""

    markup: Markup
    files: tuple[File, ...] = ()
    drawn: tuple[str, PlotlyChart, Markup] | None = None
    """Where plotly draws the chart: the panel's name, the chart, and what comes below it; `markup` is then what stands above."""
    name: str = ""
    """What a home that does without it calls it."""


@dataclass(frozen=True)
class Columns:
    """Panels side by side in columns (`widths` as CSS: "2fr 1fr"), one above the other where the screen is narrow."""

    widths: str
    columns: tuple[tuple[Panel, ...], ...]

    @property
    def is_drawn(self) -> bool:
        """Whether plotly draws some of it, so that each column needs an element of its own."""
        return any(panel.drawn for column in self.columns for panel in column)


def sheet(
    page: Page, name: str, title: str, subtitle: str, columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], of: Collection[str] = ()
) -> Sheet:
    """A sheet that says in itself what it covers: unit, period, population and the snapshot that it was read from.

    `of` are the metrics whose figures of the page's period it holds: it says what they can bear.
    """
    file = f"vanban-{name}-{page.selection.unit_code or 'all'}-{page.selection.from_on}-{page.selection.to_on}"
    about = tuple(filter(None, (subtitle, *covers(page))))
    return Sheet(file, title, about, columns, rows_of(rows), page.language, _quality(page, of))


def _quality(page: Page, names: Collection[str]) -> tuple[str, ...]:
    """What figures of metrics in the page's period can bear, those of which the same is said together."""
    labels: dict[str, list[str]] = {}
    for one in map(metric, names):
        line = quality_line(one, page.reader.coverage(one.name, page.selection), None, page.reader.info.first_on, page.language)
        labels.setdefault(line, []).append(in_language(one, "label", page.language))
    return tuple(f"{', '.join(of_line)}: {line}" for line, of_line in labels.items())


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
    body: Markup,
    twin: Sheet | None,
    is_twin_shown: bool = True,
    action: tuple[str, str] | None = None,
    lists: Sequence[File] = (),
    is_quality_shown: bool = True,
) -> Panel:
    """The panel; `twin` holds the same figures as a table: shown behind a click and offered as files.

    What the twin's figures can bear (its `quality`) stands below, too. Without a twin there is nothing to take away.
    `action` leads on from the panel: words and address. `lists` are tables that the body has buttons for. Files are only offered to those who may
    export, and are made when they are asked for.
    """
    twin = twin if twin is not None and twin.rows else None
    may_take = may_export(page)
    files = buttons(name, title, twin.name, has_picture=True) if twin and may_take else ""
    frame = markup(
        "panel.html",
        name=name,
        title=title,
        subtitle=subtitle,
        body=body,
        twin=twin if is_twin_shown else None,
        action=action,
        files=files,
        quality=quality_lines(twin) if is_quality_shown else "",
        about=" · ".join(covers(page)),
    )
    return Panel(frame, (*([(name, twin)] if twin else ()), *lists) if may_take else (), name=name)


def drawn_panel(page: Page, name: str, title: str, subtitle: str, chart: PlotlyChart, twin: Sheet, key: Markup | None = None) -> Panel:
    """The panel of a chart that plotly draws, with the same head, files and table as any other; `key` says below it what its marks mean."""
    above = figure_panel(page, name, title, subtitle, Markup(), twin, is_twin_shown=False, is_quality_shown=False)
    below = markup("table_twin.html", twin=twin) + quality_lines(twin) if twin.rows else Markup()
    return Panel(above.markup, above.files, name=name, drawn=(name, chart, (key or Markup()) + below))


def quality_lines(twin: Sheet | None) -> Markup:
    """What the figures of a panel can bear, behind a click, as its files say it too; nothing where they say nothing."""
    return markup("quality_lines.html", lines=twin.quality) if twin and twin.quality else Markup()


def sentence(text: str, look: str = "", rest: str = "") -> Markup:
    """The first words of a page; `look` stands out on a line of its own, which `rest` ends."""
    return markup("sentence.html", text=text, look=look, rest=rest)


def remark(text: str, kind: str = "remark", is_status: bool = False) -> Markup:
    """One line of plain words as the body of a panel, or below it; `all-passed` is the kind for good news.

    A status is read aloud when it changes: what a search found, say.
    """
    return markup("remark.html", text=text, kind=kind, is_status=is_status)


def panel_head(title: str, subtitle: str, files: str) -> Markup:
    """The head of a panel whose body Streamlit draws; `files` are its buttons."""
    return markup("panel_head.html", title=title, subtitle=subtitle, action=None, files=files)


def may_export(page: Page) -> bool:
    """Whether this viewer may take figures of the selection away."""
    period = (page.selection.from_on, page.selection.to_on)
    return policy.may(page.reader.viewer, "export", page.selection.unit_code, period, "aggregate")


def buttons(name: str, title: str, file_name: str, has_picture: bool = False) -> Markup:
    """The buttons CSV and XLSX for a table, and PNG where the panel can be taken as a picture."""
    kinds = (*TABLES, "png") if has_picture else TABLES
    return file_buttons(name, file_name, [(kind, kind.upper(), t("figure.download", kind=kind.upper(), title=title)) for kind in kinds])


def file_buttons(name: str, file_name: str, labels: Sequence[tuple[str, str, str]]) -> Markup:
    """Small buttons that ask for files: (kind, text, what it says in full). `name` is what the page offers it under."""
    return markup("file_buttons.html", name=name, file_name=file_name, labels=labels)


def in_columns(widths: str, *columns: Sequence[Panel | None]) -> Columns:
    """Panels side by side; None stands for a panel that has nothing to show, and a column without panels is none."""
    kept = [tuple(one for one in column if one is not None) for column in columns]
    shown = [width for width, column in zip(widths.split(), kept, strict=True) if column]
    return Columns(" ".join(shown), tuple(filter(None, kept)))


def without_left_out(page: Page, part: Panel | Columns | Markup) -> Panel | Columns | Markup:
    """The part without the panels that the home does without, and without columns that then have none."""
    if isinstance(part, Panel):
        return Markup() if part.name in page.left_out else part
    if not isinstance(part, Columns):
        return part
    kept = [tuple(panel for panel in column if panel.name not in page.left_out) for column in part.columns]
    widths = [width for width, column in zip(part.widths.split(), kept, strict=True) if column]
    return Columns(" ".join(widths), tuple(filter(None, kept))) if widths else Markup()


WORDS_FIRST_S = 0.3
"""How long, on a page that was just opened, all else waits for its first words (seconds): a browser draws in one go whatever has come by then,
and the words would wait for tables and charts, about a second."""


def draw_words(words: Markup) -> None:
    """Draws the words that a page begins with, so that they are seen before what is drawn after them."""
    st.html(words)
    if not st.session_state.get("has_been_opened"):
        st.session_state["has_been_opened"] = True
        time.sleep(WORDS_FIRST_S)


def draw(page: Page, *parts: Panel | Columns | Markup) -> None:
    """Draws parts one below the other with as few elements as can be, and offers their tables to who asks for a file.

    Markup that they begin with, of no panel, is the page's first words.
    """
    words = [part for part in takewhile(lambda part: isinstance(part, Markup), parts) if isinstance(part, Markup)]
    if words:
        draw_words(Markup().join(words))
    waiting: list[Markup] = []
    for part in (without_left_out(page, part) for part in parts[len(words) :]):
        panels = [part] if isinstance(part, Panel) else [panel for column in part.columns for panel in column] if isinstance(part, Columns) else []
        for panel in panels:
            page.offered.update(panel.files)
        if isinstance(part, Markup):
            waiting.append(part)
        elif isinstance(part, Columns) and not part.is_drawn:
            waiting.append(markup("columns.html", widths=part.widths, columns=part.columns))
        elif isinstance(part, Panel) and part.drawn is None:
            waiting.append(part.markup)
        else:
            if waiting:
                st.html(Markup().join(waiting))
            waiting = []
            if isinstance(part, Columns):
                _draw_columns(page, part)
            else:
                _draw_chart(page, part)
    if waiting:
        st.html(Markup().join(waiting))


def _draw_columns(page: Page, part: Columns) -> None:
    first = next(panel.name for column in part.columns for panel in column)
    with st.container(key=f"columns_{first}"):  # a page may have several
        widths = [float(width.removesuffix("fr")) for width in part.widths.split()]
        for place, panels in zip(st.columns(widths, gap="small"), part.columns, strict=True):
            with place:
                draw(page, *panels)


def _draw_chart(page: Page, part: Panel) -> None:
    assert part.drawn is not None
    name, chart, below = part.drawn
    figure = remembered(page, f"{name}_{page.mode}", lambda: chart.figure(page.mode))
    with st.container(key=f"drawn_{name}"):
        st.html(part.markup)
        st.plotly_chart(figure, key=f"chart_{name}", theme=None, config=PLOTLY, alt=chart.alt)
        if below:
            st.html(below)


def remembered(page: Page, name: str, compose: Callable[[], Part]) -> Part:
    """What `compose` made for this view before, or makes now: a part of a page that draws nothing and nobody changes.

    The key is all that a page is made of: snapshot, what the viewer may see, the whole address, and the installation's own settings.
    """
    return page.reader.remembered((name, urlencode(to_query(page.selection)), page.settings), compose)
