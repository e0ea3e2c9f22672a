"""The dictionary as markup: an index, the entries of the metrics, and the words that must not be mixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Line:
    """One line of an entry: a term, what it says, and the condition it stands for as it is declared (empty: none)."""

    term: str
    text: str
    formula: str = ""
    language: str = ""
    """Of the text, where it is another than the page's."""


@dataclass(frozen=True)
class Entry:
    """One metric; its `name` is its anchor."""

    name: str
    label: str
    other_label: str
    kind: str
    definition: Line
    figure: str
    figure_label: str
    lines: tuple[Line, ...]
    more: tuple[str, str] | None
    """Words and address of what leads on."""


@dataclass(frozen=True)
class Pair:
    """Two words that must not be mixed, and why."""

    name: str
    title: str
    text: str


def index(groups: Sequence[tuple[str, Sequence[Entry]]], pairs_title: str, title: str) -> str:
    """Links to all entries, under their headings."""
    parts = "".join(
        f"<h4>{escape(heading)}</h4><ul>{''.join(_index_line(entry.name, entry.label) for entry in entries)}</ul>" for heading, entries in groups
    )
    last = f'<h4><a href="#words" target="_self">{escape(pairs_title)}</a></h4>' if pairs_title else ""
    return f'<nav class="index" aria-label="{escape(title)}">{parts}{last}</nav>'


def _index_line(name: str, label: str) -> str:
    return f'<li><a href="#{escape(name)}" target="_self">{escape(label)}</a></li>'


def entries(groups: Sequence[tuple[str, Sequence[Entry]]]) -> str:
    """All entries under their headings."""
    return "".join(f'<section class="entries"><h2>{escape(heading)}</h2>{"".join(map(_entry, group))}</section>' for heading, group in groups)


def _entry(entry: Entry) -> str:
    lines = "".join(_line(line) for line in entry.lines)
    name = escape(entry.name)
    more = f'<p class="more"><a href="{escape(entry.more[1])}" target="_self">{escape(entry.more[0])}</a></p>' if entry.more else ""
    figure = f'<p class="now"><b data-metric="{name}">{escape(entry.figure)}</b><span>{escape(entry.figure_label)}</span></p>'
    return (
        f'<article class="entry" id="{name}" aria-label="{escape(entry.label)}"><header><div><h3>{escape(entry.label)}'
        f' <a class="anchor" href="#{name}" target="_self" aria-label="#{name}">#</a></h3>'
        f'<p class="names">{escape(entry.kind)} · <code>{name}</code> · {escape(entry.other_label)}</p></div>{figure}</header>'
        f'<p class="definition"{_lang(entry.definition)}>{escape(entry.definition.text)}</p><dl>{lines}</dl>{more}</article>'
    )


def _line(line: Line) -> str:
    formula = f" <code>{escape(line.formula)}</code>" if line.formula else ""
    return f"<dt>{escape(line.term)}</dt><dd{_lang(line)}>{escape(line.text)}{formula}</dd>"


def _lang(line: Line) -> str:
    return f' lang="{escape(line.language)}"' if line.language else ""


def word_pairs(pairs: Sequence[Pair], title: str, subtitle: str) -> str:
    """The words that must not be mixed, as pairs."""
    body = "".join(
        f'<div class="pair" id="words-{escape(pair.name)}"><h3>{escape(pair.title)}</h3><p>{escape(pair.text)}</p></div>' for pair in pairs
    )
    head = f'<h2>{escape(title)}</h2><p class="subtitle">{escape(subtitle)}</p>'
    return f'<section class="entries" id="words">{head}<div class="word-pairs">{body}</div></section>'
