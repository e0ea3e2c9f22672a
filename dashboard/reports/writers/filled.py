"""Markup of report files from Jinja2 templates: written with indents and line ends, filled in without them.

`printable` is applied to whatever is put in, and it is escaped, unless it is markup already.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape as html_escape
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as xml_escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.reports.layout.printable_text import printable

FOLDER = Path(__file__).parent / "templates"


class _CompactLoader(FileSystemLoader):
    """Loads a template without the white space at both ends of its lines, and without the line ends."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, path, is_current = super().get_source(environment, template)
        return "".join(line.strip() for line in source.splitlines()), path, is_current


def filled(template: str, **values: object) -> Markup:
    """The template, `name.html` or `name.xml`, with these values.

    Raises jinja2.UndefinedError where it asks for what was not given.
    """
    return Markup(_TEMPLATES[template.endswith(".html")].get_template(template).render(values))


def attribute(text: object) -> Markup:
    """Text within the quotes of an XML attribute."""
    return Markup(xml_escape(printable(str(text)), {'"': "&quot;"}))


def _html_text(value: object) -> Markup:
    return value if isinstance(value, Markup) else Markup(html_escape(printable(str(value))))


def _xml_text(value: object) -> Markup:
    return value if isinstance(value, Markup) else Markup(xml_escape(printable(str(value))))


def _environment(text: Callable[[object], Markup]) -> Environment:
    made = Environment(loader=_CompactLoader(FOLDER), autoescape=True, finalize=text, undefined=StrictUndefined, auto_reload=False)
    globals_of: dict[str, Any] = {"newline": Markup("\n"), "kind_of": lambda block: type(block).__name__}
    made.globals.update(globals_of)
    made.filters.update(text=text, attribute=attribute, to_int=round)
    return made


_TEMPLATES = {True: _environment(_html_text), False: _environment(_xml_text)}
