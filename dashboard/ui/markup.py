"""HTML from Jinja2 templates: whatever is put in is text and gets escaped, unless it is markup already.

A template that one page uses lies beside that page (`views/<page>/name.html`, called "<page>/name.html"); one that several use lies in `templates/`.
"""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard.ui import format as written
from dashboard.ui.translations import t

FOLDERS = (Path(__file__).parent / "templates", Path(__file__).parents[1] / "views")

_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDERS), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, auto_reload=False
)
_TEMPLATES.globals.update(t=t, written=written)


def markup(template: str, **values: object) -> Markup:
    """The template filled in. In it `t` gives words in the reader's language and `written` formats numbers and days.

    Raises jinja2.UndefinedError where the template asks for what was not given.
    """
    return Markup(_TEMPLATES.get_template(template).render(values))
