"""The look: colour tokens for light and dark, their CSS variables, the style sheet, and the one plotly template."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import plotly.graph_objects as go  # type: ignore[import-untyped]

Mode = Literal["light", "dark"]

FONT = "'Be Vietnam Pro', 'Segoe UI', 'Helvetica Neue', Arial, sans-serif"
EMPTY_LIST = "[role=listbox][data-empty] [role=option] span"
STYLESHEETS = ("base.css", "pages.css", "compare.css", "dictionary.css", "reports.css")


@dataclass(frozen=True)
class Tokens:
    """One ink, one accent that only says "look here", greys for context, one sequential scale from little to much."""

    ink: str
    muted: str  # captions; AA on card and paper
    faint: str  # marks and lines that carry no text
    line: str
    wash: str
    paper: str
    card: str
    accent: str
    accent_wash: str
    good: str
    bar: str
    nav: str
    sequential: tuple[str, str, str, str, str, str]
    on_sequential: tuple[str, str, str, str, str, str]
    """Text colour on each step of the scale, AA for 11 px."""


LIGHT = Tokens(
    ink="#14213D",
    muted="#5B6577",
    faint="#8B94A3",
    line="#D9DEE6",
    wash="#EEF1F5",
    paper="#F7F8FA",
    card="#FFFFFF",
    accent="#B3202C",
    accent_wash="#FBEDEE",
    good="#1B3E73",
    bar="#1B3E73",
    nav="#14213D",
    sequential=("#E6ECF5", "#C3D1E6", "#98B0D2", "#6788B8", "#3B5F97", "#1B3E73"),
    on_sequential=("#14213D", "#14213D", "#14213D", "#0A1226", "#FFFFFF", "#FFFFFF"),
)

DARK = Tokens(
    ink="#E8ECF4",
    muted="#A9B4C6",
    faint="#75819A",
    line="#2B364D",
    wash="#1F2A41",
    paper="#0E1524",
    card="#161F33",
    accent="#FF8F94",
    accent_wash="#3A2029",
    good="#9DB9E4",
    bar="#7FA0D3",
    nav="#0A101D",
    sequential=("#1F2C46", "#2A3F66", "#3B5F97", "#6788B8", "#98B0D2", "#C3D1E6"),
    on_sequential=("#E8ECF4", "#E8ECF4", "#FFFFFF", "#0A1226", "#0A1226", "#0A1226"),
)


def tokens(mode: Mode) -> Tokens:
    """The tokens of a mode."""
    return DARK if mode == "dark" else LIGHT


@cache
def css_variables(mode: Mode) -> str:
    """The tokens as custom properties of the document, which style.css and the components read."""
    chosen = tokens(mode)
    lines = []
    for field in fields(chosen):
        value = getattr(chosen, field.name)
        if isinstance(value, tuple):
            lines += [f"--{field.name.replace('_', '-')}-{step}:{colour};" for step, colour in enumerate(value)]
        else:
            lines.append(f"--{field.name.replace('_', '-')}:{value};")
    return f":root{{{''.join(lines)}}}"


def step_of(ratio: float) -> int:
    """The step (0 to 5) of the sequential scale on which a ratio between 0 and 1 falls; equal steps."""
    return min(5, max(0, int(ratio * 6)))


@cache
def stylesheet(mode: Mode, no_results: str) -> str:
    """The style sheets of all pages with the tokens of a mode as one element: the same on every run, so that a browser keeps it.

    `no_results` is what a list says where nothing in it matches.
    """
    text = "\n".join((Path(__file__).parent / "styles" / name).read_text(encoding="utf-8") for name in STYLESHEETS)
    lines = (line.strip() for line in re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL).splitlines())
    words = no_results.replace("\\", "").replace('"', "").replace("<", "")
    empty = f'{EMPTY_LIST}{{font-size:0}}{EMPTY_LIST}::after{{font-size:13px;content:"{words}"}}'
    return f"<style>{css_variables(mode)} {' '.join(filter(None, lines))} {empty}</style>"


@cache
def plotly_template(mode: Mode) -> go.layout.Template:
    """The one template of all plotly figures: nothing but a hairline below them, words at the marks themselves, nothing to drag."""
    import plotly.graph_objects as go

    chosen = tokens(mode)
    axis = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": ""}
    hover = {"bgcolor": chosen.ink, "bordercolor": chosen.ink, "font": {"family": FONT, "size": 12, "color": chosen.card}, "align": "left"}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 11, "color": chosen.ink},
            "annotationdefaults": {"font": {"family": FONT, "size": 11}},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [chosen.bar, chosen.faint, chosen.accent],
            "margin": {"l": 6, "r": 6, "t": 20, "b": 22},
            "xaxis": {
                **axis,
                "showline": True,
                "linecolor": chosen.line,
                "tickfont": {"size": 11, "color": chosen.muted},
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
