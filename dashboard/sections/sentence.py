"""The page's first words: what the figures say, written from the figures and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dashboard import format as written
from dashboard.figures import Figure
from dashboard.translations import language, t

MOST_NAMED = 3


@dataclass(frozen=True)
class OpenAccounts:
    """A unit directly below the scope and how many of its accounts are not activated."""

    label: str
    count: int


def sentence(figures: Mapping[str, Figure], earlier: Figure | None, below: Sequence[OpenAccounts]) -> str:
    """Markup of one or two sentences: how far activation and login have come, and where the rest is held.

    `earlier` is the activation rate of the period before; `below` are units that do not overlap.
    """
    activation, logged_in = figures["activation_rate"], figures["logged_in_accounts"]
    if activation.numerator is None or activation.denominator is None:
        return _heading(escape(t("sentence.no_data")))
    if activation.denominator == 0:
        return _heading(escape(t("sentence.no_accounts")))
    left = activation.denominator - activation.numerator
    key = "sentence.activation" if left else "sentence.activation_all"
    text = t(key, activated=_count(activation.numerator), provisioned=_count(activation.denominator))
    if earlier is not None and earlier.value is not None and activation.value is not None and abs(activation.value - earlier.value) >= 0.0005:
        change = activation.value - earlier.value
        text += t("sentence.change_up" if change > 0 else "sentence.change_down", points=written.points(change, language()))
    text += t("sentence.login", logged_in=logged_in.count_text)
    return _heading(escape(text) + _where(left, below))


def _where(left: int, below: Sequence[OpenAccounts]) -> str:
    """The few units that hold most of what is left; nothing where no few do (under a third) or there is nothing to tell apart."""
    largest = sorted((unit for unit in below if unit.count > 0), key=lambda unit: -unit.count)[:MOST_NAMED]
    held = sum(unit.count for unit in largest)
    if left == 0 or len(below) <= MOST_NAMED or 3 * held < left:
        return ""
    names = [unit.label for unit in largest]
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1]) + t("sentence.and") + names[-1]
    rest = t("sentence.concentrated_rest", held=_count(held), open=_count(left))
    return f' <br class="wide"><em>{escape(joined)}</em>{escape(rest)}'


def _heading(markup: str) -> str:
    return f'<h1 class="sentence">{markup}</h1>'


def _count(value: int) -> str:
    return written.number(value, language())
