"""HTML from Jinja2 templates: whatever is put in is text and gets escaped, unless it is markup already.

A template that one page uses lies beside that page (`views/<page>/name.html`, called "<page>/name.html"); one that several use lies in `templates/`.
"""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from dashboard.ui import format as written
from dashboard.ui.theme import step_of
from dashboard.ui.translations import language, t

FOLDERS = (Path(__file__).parent / "templates", Path(__file__).parents[1] / "views")


class _NoSpaceBetweenTags(Extension):
    """A line break between two tags (or braces) is the template's own layout, and none of the page's: no white space comes of it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return re.sub(r"(?<=[>}])\s*\n\s*(?=[<{])", lambda found: "{#" + "\n" * found[0].count("\n") + "#}", source)


_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDERS),
    extensions=[_NoSpaceBetweenTags],
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_TEMPLATES.globals.update(t=t, written=written)
_TEMPLATES.filters.update(
    number=lambda value, decimals=0: written.number(value, language(), decimals),
    percent=lambda ratio, decimals=2, of=None: written.percent(ratio, language(), decimals, of),
    day=lambda value: written.day(value, language()),
    step=lambda ratio: "none" if ratio is None else f"q{step_of(ratio)}",
    width=lambda share, decimals=2: f"{100 * share:.{decimals}f}%",
)


def markup(template: str, **values: object) -> Markup:
    """The template filled in.

    In it `t` gives words in the reader's language, and `written` is `dashboard.ui.format`. Filters: `number`, `percent` and `day` write values in
    the reader's language; `width` writes a share (0 to 1) as a CSS length; `step` is the class of a ratio on the colour scale.
    Raises jinja2.UndefinedError where the template asks for what was not given.
    """
    return Markup(_TEMPLATES.get_template(template).render(values))
