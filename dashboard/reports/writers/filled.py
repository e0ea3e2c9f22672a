"""Markup of report files from Jinja2 templates: written with indents and line ends, filled in without them.

`printable` is applied to whatever is put in, and it is escaped, unless it is markup already.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from html import escape as html_escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.reports.layout.printable_text import printable

EMU_PER_POINT = 12_700
FOLDER = Path(__file__).parent / "templates"


class _CompactLoader(FileSystemLoader):
    """Loads a template without the white space at both ends of its lines, and without the line ends."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, is_current = super().get_source(environment, template)
        return "".join(line.strip() for line in source.splitlines()), path, is_current


def filled(template: str, **values: object) -> str:
    """The template, `name.html` or `name.xml`, with these values.

    Raises jinja2.UndefinedError where it asks for what was not given.
    """
    return _TEMPLATES[template.endswith(".html")].get_template(template).render(values)


def attribute(text: object) -> Markup:
    """Text within the quotes of an XML attribute."""
    return Markup(xml_escape(printable(str(text)), {'"': "&quot;"}))


def twips(points: float) -> int:
    """Twentieths of a point, as Word counts lengths."""
    return round(20 * points)


def emu(points: float) -> int:
    """English metric units, as DrawingML counts lengths."""
    return round(points * EMU_PER_POINT)


def _environment(escape: Callable[[str], str]) -> Environment:
    """Templates in which every value is made printable and escaped so; equal texts, of which tables have many, once."""

    @lru_cache(maxsize=20_000)
    def escaped(value: str) -> Markup:
        return Markup(escape(printable(value)))

    def text(value: object) -> Markup:
        return value if isinstance(value, Markup) else escaped(str(value))

    made = Environment(loader=_CompactLoader(FOLDER), autoescape=True, finalize=text, undefined=StrictUndefined, auto_reload=False)
    globals_of: dict[str, Any] = {"newline": Markup("\n"), "kind_of": lambda block: type(block).__name__}
    made.globals.update(globals_of)
    made.filters.update(text=text, attribute=attribute, rounded=round, twips=twips, emu=emu)
    return made


_TEMPLATES = {True: _environment(html_escape), False: _environment(xml_escape)}
