"""The sentences of reports, filled in from `sentences.<language>.txt`: figures stay figures, and no value is ever read as a template."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from dashboard.reports.content.blocks import Figure, Language, Paragraph, Run
from dashboard.reports.content.text import Shown, aim, in_sentence, names_in_a_row, official_count, official_day, rate, sentence_case, window
from dashboard.ui.format import number

_PLACE = re.compile("\0([0-9]+)\0")


@pass_context
def _keep_apart(context: Context, value: object) -> str:
    """Keeps a value apart from the words around it, so that it can become a run of its own and stays as it is."""
    values: list[object] = context["values"]
    values.append(value)
    return f"\0{len(values) - 1}\0"


def _count(figure: Figure, language: Language) -> Shown:
    return Shown(figure, figure.text if figure.numerator is None else number(figure.numerator, language))


def _denominator(figure: Figure, language: Language) -> Shown:
    return Shown(figure, figure.text if figure.denominator is None else number(figure.denominator, language))


def _left(figure: Figure, language: Language) -> str:
    return number((figure.denominator or 0) - (figure.numerator or 0), language)


def _in_language(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as a filter that writes in the language of its sentence."""
    return pass_context(lambda context, value, *more, **named: function(value, *more, language=context["language"], **named))


_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    undefined=StrictUndefined,
    finalize=_keep_apart,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_TEMPLATES.tests["known"] = lambda figure: figure.numerator is not None
_WRITTEN: dict[str, Callable[..., Any]] = {
    "count": _count,
    "denominator": _denominator,
    "left": _left,
    "number": number,
    "rate": rate,
    "aim": aim,
    "official_count": official_count,
}
_WRITTEN |= {"aim": aim, "official_count": official_count, "names_in_a_row": names_in_a_row, "window": window, "day": official_day}
_TEMPLATES.filters.update({name: _in_language(function) for name, function in _WRITTEN.items()}, in_sentence=in_sentence, sentence_case=sentence_case)


def say(key: str, language: Language, sentence: str = "", /, **values: object) -> Paragraph:
    """The paragraph of that key, in the words of the block `sentence` (else of the key), dots as underscores; `a.b.3` is also served by `a.b`.

    Raises KeyError where the file has no such block, and jinja2.UndefinedError where the block asks for what was not given.
    """
    blocks = _TEMPLATES.get_template(f"sentences.{language}.txt")
    parts = (sentence or key).split(".")
    name = next((name for end in range(len(parts), 0, -1) if (name := "_".join(parts[:end])) in blocks.blocks), None)
    if name is None:
        raise KeyError(f"sentences.{language}.txt has no block {'_'.join(parts)!r}")
    placed: list[object] = []
    context = blocks.new_context({**values, "language": language, "values": placed})
    words = re.sub("[ \n]+", " ", "".join(blocks.blocks[name](context))).strip()
    runs: list[Run] = []
    for place, text in enumerate(_PLACE.split(words)):
        _add(runs, _run(placed[int(text)]) if place % 2 else Run(text))
    return Paragraph(key, tuple(runs))


def _run(value: object) -> Run:
    if isinstance(value, Figure):
        return Run(value.text, value.key)
    if isinstance(value, Shown):
        return Run(value.text, value.figure.key)
    return Run(str(value))


def _add(runs: list[Run], run: Run) -> None:
    """Plain text goes into one run with the plain text before it."""
    if run.figure is None and runs and runs[-1].figure is None:
        runs[-1] = Run(runs[-1].text + run.text)
    elif run.text:
        runs.append(run)
