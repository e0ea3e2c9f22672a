"""What a leader has to know in a minute: which targets are met, what changed and why, and whose leaders to call.

Facts: the overview, a unit's page and the one-page report say them each in its own way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.session.figures import Figure, whole
from dashboard.session.queries import Reader
from dashboard.session.state import Selection
from dashboard.ui import format as written
from dashboard.ui.format import Language
from dashboard.ui.translations import in_language_of
from dashboard.ui.unit_names import UnitTree
from metrics.catalog import metric
from metrics.comparison.account_change import PARTS, split_change
from metrics.comparison.intervals import difference_bounds
from metrics.comparison.pace import STATES
from metrics.comparison.paired import mcnemar
from metrics.comparison.ranking import low_heads
from metrics.comparison.targets import AIM_COLUMNS, Aim, with_targets
from metrics.periods import Period

RATES: tuple[str, ...] = (
    "activation_rate",
    "login_rate",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "digitally_signed_ratio",
    "on_time_ratio",
)
"""The rates that leaders are told of, in the order in which they are shown."""
MOST_CHANGES, MOST_PLACES = 3, 3
SEEN = 0.0005
"""A smaller change is none: it shows as 0,0 points."""
CHANCE = 0.05


@dataclass(frozen=True)
class AimedRate:
    """A rate and its target in force on the last day of the period."""

    figure: Figure
    target: float
    short: float
    """How far the target is, 0 to 1; 0 or less where it is met."""

    @property
    def is_met(self) -> bool:
        return self.short <= 0


@dataclass(frozen=True)
class Change:
    """How a rate of the whole moved since the days compared with, and what it is made of."""

    now: Figure
    before: Figure
    is_chance: bool
    """Whether chance alone would do as much in one of twenty comparisons."""
    parts: Mapping[str, float]
    """`behaviour`, `mix`, `entered`, `left`, which sum to the change; empty where they cannot be told apart."""
    places: tuple[str, ...]
    """Units whose own rates moved it most in its direction, the first of them most."""
    gained: int | None = None
    lost: int | None = None
    """Of the accounts that count both times, those that came into the numerator and those that left it."""

    @property
    def difference(self) -> float:
        return (self.now.value or 0.0) - (self.before.value or 0.0)

    @property
    def fewest(self) -> int:
        """The fewer cases of both: of few, a difference is told in whole points."""
        return min(self.now.denominator or 0, self.before.denominator or 0)

    @property
    def is_good(self) -> bool | None:
        good = metric(self.now.metric).good
        return None if good == "neither" else (self.difference > 0) == (good == "up")

    @property
    def cause(self) -> str:
        """The largest of its parts: `behaviour`, `mix` or `others` (who came and who left); `chance`, or `unknown` where there are none."""
        if self.is_chance:
            return "chance"
        if not self.parts:
            return "unknown"
        others = self.parts["entered"] + self.parts["left"]
        sizes = {"behaviour": abs(self.parts["behaviour"]), "mix": abs(self.parts["mix"]), "others": abs(others)}
        return max(sizes, key=lambda name: sizes[name])


@dataclass(frozen=True)
class Minute:
    """The facts of one selection."""

    aims: tuple[AimedRate, ...]
    """Of the rates that have a value and a target, in the order of RATES."""
    changes: tuple[Change, ...]
    """At most three, those beyond chance first, then the larger first."""
    rate: Figure
    """The rate of the selection by which its units are ranked."""
    target: float | None
    """Of that rate, in force for the whole of the selection."""
    ranked: pl.DataFrame
    """`metrics.comparison.ranking` of all units below the selection's."""
    heads: pl.DataFrame
    """`low_heads` of it."""

    @property
    def met(self) -> int:
        return sum(aim.is_met for aim in self.aims)

    @property
    def missed(self) -> list[AimedRate]:
        """The farthest first."""
        return sorted((aim for aim in self.aims if not aim.is_met), key=lambda aim: -aim.short)

    @property
    def low(self) -> frozenset[str]:
        """Codes of all units that are low, those below another low one too."""
        return frozenset(self.ranked.filter("is_low")["unit_code"])

    @property
    def judged(self) -> int:
        """How many units have a case at all."""
        return int(self.ranked["position"].count())

    def low_below(self, head: str) -> list[str]:
        """The low units that stand below a low one, the largest excess first."""
        below = self.ranked.filter(pl.col("head") == head, pl.col("unit_code") != head)
        return below.sort("excess", descending=True)["unit_code"].to_list()


def cause_text(change: Change, language: Language) -> str:
    """The largest of what a change is made of, in words; that it is chance, or that nobody can say."""
    cause, key, counts = change.cause, change.cause, {}
    if cause == "behaviour" and change.gained is not None:
        key = "behaviour_accounts"
        counts = {"gained": written.number(change.gained, language), "lost": written.number(change.lost or 0, language)}
    elif cause not in ("chance", "unknown"):
        size = change.parts["entered"] + change.parts["left"] if cause == "others" else change.parts[cause]
        counts = {"points": written.signed_points(size, language)}
    return in_language_of(language, f"changes.{key}", **counts)


def aims_of(reader: Reader, frame: pl.DataFrame, targets: pl.DataFrame) -> dict[str, Aim]:
    """The target in force of each metric of an answer's whole; nothing of those without one."""
    aimed = with_targets(frame, reader.units().select("unit_code", "level"), targets)
    rows = aimed.drop_nulls("target").select("metric", *AIM_COLUMNS).iter_rows()
    return {name: Aim(*aim) for name, *aim in rows}


def read_minute(reader: Reader, selection: Selection, tree: UnitTree, targets: pl.DataFrame, before: Period | None, name: str) -> Minute:
    """Reads the facts. before: the days compared with; None: nothing is. name: the ratio by which units are ranked."""
    frame = reader.values([*dict.fromkeys((*RATES, name))], selection)
    figures = whole(frame, selection.unit_code)
    aimed = aims_of(reader, frame, targets)
    aims = tuple(_aim(figures[rate], aimed[rate].ratio) for rate in RATES if rate in aimed and figures[rate].value is not None)
    ranked = reader.ranking(name, selection)
    return Minute(
        aims,
        _changes(reader, selection, tree, figures, before),
        figures[name],
        aimed[name].ratio if name in aimed else None,
        ranked,
        low_heads(ranked),
    )


def _aim(figure: Figure, target: float) -> AimedRate:
    value = figure.value or 0.0
    short = value - target if metric(figure.metric).good == "down" else target - value
    return AimedRate(figure, target, round(short, 12))


def _changes(reader: Reader, selection: Selection, tree: UnitTree, figures: Mapping[str, Figure], before: Period | None) -> tuple[Change, ...]:
    both = (before, selection.period)
    reached = [
        rate for rate in RATES if figures[rate].value is not None and all(days is not None and reader.is_comparable(rate, days) for days in both)
    ]
    if before is None or not reached:
        return ()
    then = whole(reader.values(reached, selection, before), selection.unit_code)
    moved = [rate for rate in reached if then[rate].value is not None and abs((figures[rate].value or 0.0) - (then[rate].value or 0.0)) >= SEEN]
    changes = [_change(reader, selection, figures[rate], then[rate], before) for rate in moved]
    largest = sorted(changes, key=lambda change: (change.is_chance, -abs(change.difference)))[:MOST_CHANGES]
    return tuple(_with_parts(reader, selection, tree, change, before) for change in largest)


def _change(reader: Reader, selection: Selection, now: Figure, then: Figure, before: Period) -> Change:
    if metric(now.metric).of != "account":
        return Change(now, then, _may_be_chance(now, then), {}, ())
    moves = reader.account_moves(now.metric, selection, before)
    gained, lost = int(moves["gained"].sum()), int(moves["lost"].sum())
    others = int(moves["entrants"].sum()) + int(moves["leavers"].sum())
    # A state is a census, and who comes or leaves is no draw: only accounts that changed their ways are tossed as coins.
    is_chance = now.metric not in STATES and not others and mcnemar(gained, lost) >= CHANCE
    return Change(now, then, is_chance, {}, (), gained, lost)


def _may_be_chance(now: Figure, then: Figure) -> bool:
    """Whether the interval of the difference has 0 in it; other rows in another period are other cases."""
    counts = pl.DataFrame({"a": [now.numerator], "b": [now.denominator], "c": [then.numerator], "d": [then.denominator]})
    if any((over or 0) > (under or 0) for over, under in ((now.numerator, now.denominator), (then.numerator, then.denominator))):
        return False  # more than all: no share, and a check tells it
    low, high = (counts.select(bound).item() for bound in difference_bounds((pl.col("a"), pl.col("b")), (pl.col("c"), pl.col("d"))))
    return low is None or high is None or bool(low <= 0 <= high)


def _with_parts(reader: Reader, selection: Selection, tree: UnitTree, change: Change, before: Period) -> Change:
    name = change.now.metric
    split = split_change(reader.account_moves(name, selection, before)) if metric(name).of == "account" else reader.moved(name, selection, before)
    if split.is_empty():
        return change
    parts = {part: float(split[part].sum() or 0.0) for part in PARTS}
    placed = _under_children(split, tree, selection.unit_code or (tree.root.code if tree.root else None))
    sign = 1 if change.difference > 0 else -1
    pulled = placed.with_columns(pull=pl.col("behaviour") * sign).filter(pl.col("pull") > 0).sort("pull", descending=True)
    places = tuple(pulled["unit_code"].head(MOST_PLACES)) if placed.height > MOST_PLACES else ()
    return Change(change.now, change.before, change.is_chance, parts, places, change.gained, change.lost)


def _under_children(split: pl.DataFrame, tree: UnitTree, scope: str | None) -> pl.DataFrame:
    """What units gave, summed under the units directly below the scope; what stands in none of them keeps its own unit."""
    named = split.drop_nulls("unit_code")
    under = {code: _child_above(tree, code, scope) for code in named["unit_code"]}
    return named.with_columns(pl.col("unit_code").replace(under)).group_by("unit_code", maintain_order=True).agg(pl.col("behaviour").sum())


def _child_above(tree: UnitTree, code: str, scope: str | None) -> str:
    line: Sequence[str] = (code, *tree.above(code))
    return next((one for one in line if one in tree.units and tree.units[one].parent_code == scope), code)
