"""The page's first words: what the figures say, written from the figures and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from markupsafe import Markup

from dashboard.session.figures import Figure
from dashboard.ui import format as written
from dashboard.ui.panel import sentence as first_words
from dashboard.ui.translations import language, t
from metrics.comparison.account_change import PARTS, split_change

MOST_NAMED = 3


@dataclass(frozen=True)
class OpenAccounts:
    """A unit directly below the scope and how many of its accounts are not activated."""

    label: str
    count: int


@dataclass(frozen=True)
class Turn:
    """What activation is compared with: the whole's rate then, in words when that was, and who moved (`metrics.comparison.account_change`)."""

    whole: Figure
    words: str
    moves: pl.DataFrame
    """Of units that do not overlap."""
    label: Callable[[str], str]


def sentence(figures: Mapping[str, Figure], turn: Turn | None, below: Sequence[OpenAccounts]) -> Markup:
    """One or two sentences: how far activation and login have come, what moved, and where the rest is held.

    `below` are units that do not overlap.
    """
    activation, logged_in = figures["activation_rate"], figures["logged_in_accounts"]
    if activation.numerator is None or activation.denominator is None:
        return first_words(t("sentence.no_data"))
    if activation.denominator == 0:
        return first_words(t("sentence.no_accounts"))
    left = activation.denominator - activation.numerator
    key = "sentence.activation" if left else "sentence.activation_all"
    text = t(key, activated=_count(activation.numerator), provisioned=_count(activation.denominator))
    if turn is not None and turn.whole.value is not None and activation.value is not None:
        change = activation.value - turn.whole.value
        points = written.points(change, language(), min(activation.denominator, turn.whole.denominator or 0))
        if points.strip("0.,"):
            text += t("sentence.change_up" if change > 0 else "sentence.change_down", points=points, words=turn.words)
            text += _why(turn, change)
    text += t("sentence.login", logged_in=logged_in.count_text) if logged_in.is_known else "."
    return first_words(text, *_where(left, below))


def _why(turn: Turn, change: float) -> str:
    """Whose accounts moved the whole, or that other accounts are counted now: the larger of the two parts that the change is made of."""
    parts = split_change(turn.moves)
    if parts.height < MOST_NAMED:
        return ""
    stayed, entered, left = (float(parts[part].sum()) for part in (PARTS[0], *PARTS[2:]))
    if abs(entered + left) > abs(stayed):
        stayers = int(turn.moves["stayers"].sum())
        if not stayers:
            return t("sentence.by_only_others")
        before, now = (written.percent(int(turn.moves[side].sum()) / stayers, language(), of=stayers) for side in ("reached_before", "reached_now"))
        return t("sentence.by_others", count=_count(stayers), before=before, now=now)
    sign = 1 if change > 0 else -1
    named = parts.drop_nulls("unit_code").with_columns(part=pl.col("behaviour") * sign)
    moved = named.filter(pl.col("part") > 0).sort("part", descending=True).head(2)
    names = [turn.label(code) for code in moved["unit_code"]]
    return t("sentence.by_units", names=t("sentence.and").join(names)) if names else ""


def _where(left: int, below: Sequence[OpenAccounts]) -> tuple[str, str]:
    """The few units that hold most of what is left, and how much; nothing where no few do (under a third) or there is nothing to tell apart."""
    largest = sorted((unit for unit in below if unit.count > 0), key=lambda unit: -unit.count)[:MOST_NAMED]
    held = sum(unit.count for unit in largest)
    if left == 0 or len(below) <= MOST_NAMED or 3 * held < left:
        return "", ""
    names = [unit.label for unit in largest]
    joined = names[0] if len(names) == 1 else ", ".join(names[:-1]) + t("sentence.and") + names[-1]
    return joined, t("sentence.concentrated_rest", held=_count(held), open=_count(left))


def _count(value: int) -> str:
    return written.number(value, language())
