"""The look: the palette as CSS variables, the style sheet of all pages, and the one plotly template."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from dashboard.palette import DARK, FONT, LIGHT, Palette

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

Mode = Literal["light", "dark"]

EMPTY_LIST = "[role=listbox][data-empty] [role=option] span"
DRAWN_DARK = ".js-plotly-plot .main-svg { filter: invert(1) hue-rotate(180deg) }"
"""What was drawn on a dark ground is turned over on paper."""
STYLESHEETS = ("base.css", "pages.css", "compare.css", "dictionary.css", "reports.css", "print.css")


def palette(mode: Mode) -> Palette:
    """The colours of a mode."""
    return DARK if mode == "dark" else LIGHT


@cache
def css_variables(mode: Mode) -> str:
    """The palette as custom properties of the document, which the style sheets and the components read."""
    colours = palette(mode)
    lines = []
    for field in fields(colours):
        value = getattr(colours, field.name)
        if isinstance(value, tuple):
            lines += [f"--{field.name.replace('_', '-')}-{step}:{colour};" for step, colour in enumerate(value)]
        else:
            lines.append(f"--{field.name.replace('_', '-')}:{value};")
    return f":root{{{''.join(lines)}}}"


def step_of(ratio: float) -> int:
    """The step (0 to 5) of the sequential scale on which a ratio between 0 and 1 falls; equal steps."""
    return min(5, max(0, int(ratio * 6)))


@cache
def rules() -> str:
    """The style sheets of all pages, without colours: part of the page file, so that they hold before anything is drawn."""
    text = "\n".join((Path(__file__).parent / "styles" / name).read_text(encoding="utf-8") for name in STYLESHEETS)
    lines = (line.strip() for line in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).splitlines())
    return " ".join(filter(None, lines))


def first_colours() -> str:
    """The palettes by what the browser prefers, until the page says which of them it is drawn in."""
    both = f"{css_variables('light')} @media (prefers-color-scheme: dark) {{ {css_variables('dark')} }} "
    return both.replace(":root", ":where(html)")  # the page's own word counts for more, wherever it stands


@cache
def stylesheet(mode: Mode, no_results: str) -> str:
    """The colours of a mode as one element: the same on every run, so that a browser keeps it.

    `no_results` is what a list says where nothing in it matches.
    """
    words = no_results.replace("\\", "").replace('"', "").replace("<", "")
    empty = f'{EMPTY_LIST}{{font-size:0}}{EMPTY_LIST}::after{{font-size:13px;content:"{words}"}}'
    paper = f" @media print {{ {css_variables('light')} {DRAWN_DARK} }}" if mode == "dark" else ""
    return f"<style>{css_variables(mode)} {empty}{paper}</style>"


@cache
def plotly_template(mode: Mode) -> go.layout.Template:
    """The one template of all plotly figures: nothing but a hairline below them, words at the marks themselves, nothing to drag."""
    import plotly.graph_objects as go

    colours = palette(mode)
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    hover = {"bgcolor": colours.ink, "bordercolor": colours.ink, "font": {"family": FONT, "size": 12, "color": colours.card}, "align": "left"}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 11, "color": colours.ink},
            "annotationdefaults": {"font": {"family": FONT, "size": 11}},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colours.bar, colours.faint, colours.accent],
            "margin": {"l": 6, "r": 6, "t": 20, "b": 22},
            "xaxis": {
                **axis,
                "showline": True,
                "linecolor": colours.line,
                "tickfont": {"size": 11, "color": colours.muted},
                "ticklabeloverflow": "allow",
            },
            "yaxis": axis,
            "hovermode": "x",
            "hoverlabel": hover,
            "dragmode": False,
            "showlegend": False,
            "bargap": 0.25,
        }
    )
