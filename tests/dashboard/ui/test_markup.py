"""Templates: what is put in is text, what is missing is an error, and the layout of a template is none of the page's."""

from __future__ import annotations

import ast
from pathlib import Path

import jinja2
import pytest
from markupsafe import Markup

from dashboard.ui import markup as templates
from dashboard.ui.markup import FOLDERS, markup
from dashboard.ui.translations import use_language

DASHBOARD = Path(templates.__file__).parents[1]
NOT_PAGES = DASHBOARD / "reports"
"""Reports have writers of their own."""


def python_of_pages() -> list[Path]:
    return [path for path in DASHBOARD.rglob("*.py") if NOT_PAGES not in path.parents]


def test_text_is_escaped_and_markup_is_not() -> None:
    assert markup("remark.html", text="<b>", kind='"', is_status=False) == '<p class="&#34;">&lt;b&gt;</p>'
    assert markup("remark.html", text=Markup("<b>x</b>"), kind="remark", is_status=False) == '<p class="remark"><b>x</b></p>'


def test_what_is_not_given_is_an_error() -> None:
    with pytest.raises(jinja2.UndefinedError, match="kind"):
        markup("remark.html", text="x")


def test_a_line_break_between_tags_is_no_space() -> None:
    made = markup("file_buttons.html", name="x", file_name="y", labels=[("csv", "CSV", "a b"), ("xlsx", "XLSX", "c")])
    assert "\n" not in made
    assert "> <" not in made


def test_values_are_written_in_the_language_of_the_run() -> None:
    names = {"title": "x", "rows": [], "whole": 0.12345, "note": ""}
    assert "12,35%" in markup("overview/intervals.html", **names)
    use_language("en")
    assert "12.35%" in markup("overview/intervals.html", **names)
    use_language("vi")


def test_no_template_lets_text_through_and_every_one_is_used() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in DASHBOARD.rglob("*") if path.suffix in (".py", ".html"))
    for folder in FOLDERS:
        for path in folder.rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            jinja2.Environment(autoescape=True).parse(text)
            assert "|safe" not in text.replace(" ", ""), path
            assert "autoescape" not in text, path
            assert f'"{path.relative_to(folder).as_posix()}"' in code, f"{path} is used by nothing"


def test_no_text_is_called_markup_but_what_a_template_made() -> None:
    """`Markup(...)` of anything put together would let a name of a unit be read as tags."""
    for path in python_of_pages():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Markup" and path.name != "markup.py":
                assert not node.args, f"{path.name}:{node.lineno} calls text markup"
