"""Where each unit stands on one ratio: against chance, the whole, its peers, another time and its target."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.comparison.account_change import PARTS, account_moves, split_change
from metrics.comparison.change import change, decompose_change
from metrics.comparison.intervals import wilson
from metrics.comparison.pace import LOOKS_BACK, MOST_POINTS, STATES, Pace, pace_of_state, pace_of_trend
from metrics.comparison.paired import mcnemar, with_subtrees
from metrics.comparison.peers import peers, quartiles, ranks
from metrics.comparison.process_control import p_prime
from metrics.comparison.ranking import ranking
from metrics.comparison.targets import missing_to_target, with_targets
from metrics.engines import Snapshot
from metrics.model import Good, Ratio
from metrics.periods import Period, period_before
from metrics.query.coverage import clipped, is_comparable
from metrics.query.delivered import is_known
from metrics.query.metric_values import counts, metric_values
from metrics.tree.scope import Scope
from metrics.tree.successors import unit_beginnings
from metrics.tree.units import small_table, tree_changes, units

QUARTERS = 4
CONTROLLED = 25
"""Periods that a control chart looks back on."""


def standings(
    name: str, now: pl.DataFrame, before: pl.DataFrame | None, units: pl.DataFrame, sizes: pl.DataFrame, targets: pl.DataFrame
) -> pl.DataFrame:
    """One row per unit of `now`, in its order, on a ratio metric; the whole is the first row of `now` and is not listed.

    now, before: answers of `metric_values` for `name` by unit (before: None where nothing is compared). units: unit_code, level, parent_code.
    sizes: unit_code, size (accounts provisioned), for the peers. targets: as `metrics.comparison.targets.read_targets` gives them.
    Columns: unit_code, numerator, denominator, value; low, high (Wilson 95%; null above 100%); position, spread, excess, is_low, head (of
    `metrics.comparison.ranking`, against the rate of the whole); value_before, change; target, missing (how many more, or fewer where less is
    better, reach it; 0: reached); quarter (1 the best of its peers, the highest where neither direction is better; null where chance may have put
    it elsewhere), peers.
    """
    one = metric(name)
    whole = now["value"][0]
    rows = now.slice(1)
    compared = change(rows, before.slice(1) if before is not None else rows.clear())
    aimed = with_targets(compared, units, targets)
    placed = wilson(ranking(aimed, whole, units, one.good))
    # More than all cases is a wrong denominator (declared less than issued): a check tells it, and no interval means anything.
    is_share = pl.col("numerator") <= pl.col("denominator")
    placed = placed.with_columns(pl.when(is_share).then(pl.col(bound)).alias(bound) for bound in ("low", "high"))
    sized = rows.select("unit_code").join(units.select("unit_code", "level"), on="unit_code", how="left", maintain_order="left")
    sized = sized.join(sizes.select("unit_code", "size"), on="unit_code", how="left", maintain_order="left")
    quarter = quartiles(rows, peers(sized)).select("unit_code", "quartile", "peers")
    placed = placed.join(quarter, on="unit_code", how="left", maintain_order="left")
    best_first = pl.col("quartile") if one.good == "down" else QUARTERS + 1 - pl.col("quartile")
    missing = [
        None if numerator is None or not denominator or target is None else distance(numerator, denominator, target, one.good)
        for numerator, denominator, target in placed.select("numerator", "denominator", "target").iter_rows()
    ]
    return placed.select(
        "unit_code",
        "numerator",
        "denominator",
        "value",
        "low",
        "high",
        "position",
        "spread",
        "excess",
        "is_low",
        "head",
        "value_before",
        "change",
        "target",
        pl.Series("missing", missing, dtype=pl.Int64),
        quarter=best_first,
        peers="peers",
    )


def distance(numerator: int, denominator: int, target: float, good: Good) -> int:
    """How many of the denominator have to join the numerator to reach the target, or to leave it where less is better; 0: reached."""
    if good != "down":
        return missing_to_target(numerator, denominator, target)
    allowed = Fraction(repr(target)) * denominator
    return max(0, numerator - allowed.numerator // allowed.denominator)


def comparison(snapshot: Snapshot, name: str, period: Period, before: Period, targets: pl.DataFrame, scope: Scope | None = None) -> pl.DataFrame:
    """The whole first, then each unit with its subtree: the columns of `standings`, and what follows.

    rank_from, rank_to: of the `ranked` units of its level (`peers.ranks`). behaviour, mix, entered, left: what the unit's own rows, without its
    subtree, gave to the change of the whole since `before` (`moved`); in the whole's row their sums, which together are its change. per_week,
    reached_on, reached_from, reached_to: when the target is reached (`metrics.comparison.pace`); null without a target, or where less is better.
    gained, lost, p_value: of the unit's accounts that count both times, those that came into the numerator and those that left it, and how often
    chance alone would do as much (`metrics.comparison.paired`); null for other rows, and the last for activation, which only rises.
    control (better, worse, other, none): of the unit's P' chart among all listed; assurance (reliable, unreliable, never, unknown): of its chart by
    itself, as on its page (`metrics.comparison.process_control`); null where too few periods before are known.
    The period is taken as far as the data speak of it; change and all that tells of it are null where they speak of a part of `before` only (of a
    state: not of its last day). targets: as `metrics.comparison.targets.read_targets` gives them. Raises ConfigurationError for a metric that is
    no ratio, and for unknown units.
    """
    scope = scope or Scope()
    one = metric(name)
    if not isinstance(one, Ratio):
        raise ConfigurationError(f"{name} is no ratio, so units of different size can't be compared by it. Ask `vanban metrics` for it.")
    period = clipped(snapshot.info, period)
    # A part of a window says nothing of how the whole moved, so nothing is compared with it.
    is_compared = all(is_comparable(snapshot, one, days) for days in (period, before))
    now, then = (metric_values(snapshot, [name], days, scope, "unit") for days in (period, before))
    then = then if is_compared else then.clear()
    size = metric_values(snapshot, ["provisioned_accounts"], period, scope, "unit").select("unit_code", size="numerator")
    level = units(snapshot).select("unit_code", "level", "parent_code")
    placed = standings(name, _twice_the_whole(now), _twice_the_whole(then), level, size.slice(1), targets)
    is_whole = pl.int_range(pl.len()) == 0
    of_units = ("position", "spread", "excess", "is_low", "head", "quarter", "peers")
    placed = placed.with_columns(pl.when(~is_whole).then(pl.col(column)).alias(column) for column in of_units)
    leveled = now.slice(1).join(level.drop("parent_code"), on="unit_code").partition_by("level")
    ranked = pl.concat([ranks(of_level) for of_level in leveled] or [ranks(now.clear())])
    gave = moved(snapshot, name, period, before, scope)
    gave = gave if is_compared else gave.clear()
    sums = gave.select(pl.when(pl.col(part).count() > 0).then(pl.col(part).sum()).alias(part) for part in PARTS)
    whole = sums.select(pl.lit(now["unit_code"][0], dtype=pl.String).alias("unit_code"), *PARTS)
    gave = pl.concat([whole, gave.drop_nulls("unit_code").filter(pl.col("unit_code").ne_missing(now["unit_code"][0]))])
    table = placed.join(ranked.rename({"units": "ranked"}), on="unit_code", how="left", maintain_order="left")
    table = table.join(gave, on="unit_code", how="left", nulls_equal=True, maintain_order="left")
    return table.with_columns(
        *_paces(snapshot, one, table, period, scope),
        *_same_accounts(snapshot, one, table, period, before, scope),
        *_control(snapshot, one, table, period, scope),
    )


def _same_accounts(snapshot: Snapshot, one: Ratio, table: pl.DataFrame, period: Period, before: Period, scope: Scope) -> list[pl.Series]:
    """gained, lost and p_value of each row's accounts that count both times."""
    gains: list[tuple[int | None, int | None, float | None]] = [(None, None, None)] * table.height
    if one.of == "account" and all(is_comparable(snapshot, one, days) for days in (period, before)):
        above = dict(units(snapshot).select("unit_code", "parent_code").iter_rows())
        followed = with_subtrees(account_moves(snapshot, one.name, period, before, scope), above)
        counted = {code: (gained, lost) for code, gained, lost in followed.select("unit_code", "gained", "lost").iter_rows()}
        whole = table["unit_code"][0]
        for number, code in enumerate(table["unit_code"]):
            found = counted.get(None if code == whole else code)
            if found is not None:
                gains[number] = (*found, None if one.name in STATES else mcnemar(*found))
    gained, lost, p_value = zip(*gains, strict=True) if gains else ((), (), ())
    return [pl.Series("gained", gained, pl.Int64), pl.Series("lost", lost, pl.Int64), pl.Series("p_value", p_value, pl.Float64)]


def moved(snapshot: Snapshot, name: str, period: Period, before: Period, scope: Scope) -> pl.DataFrame:
    """What each unit's own rows gave to the change of a ratio of the whole: unit_code, behaviour, mix, entered, left; they sum to the change.

    Accounts are followed one by one (`account_change`), over reorganisations too. Other rows are not the same ones in another period: there
    behaviour and mix are those of units (`change.decompose_change`), and nobody enters or leaves. Empty where either period is not known, and
    where the tree of its own time changed in between (`is_mix_refused`).
    """
    one = metric(name)
    if one.of == "account":
        return split_change(account_moves(snapshot, name, period, before, scope))
    own = [
        counts(snapshot, [one], [days], scope, "own_unit")
        .drop_nulls("group_code")
        .rename({"group_code": "unit_code"})
        .filter(pl.lit(is_known(snapshot, one, days, scope.group) and not is_mix_refused(snapshot, name, period, before, scope)))
        for days in (period, before)
    ]
    nobody = pl.lit(None, dtype=pl.Float64)
    return decompose_change(*own).select("unit_code", "behaviour", "mix", entered=nobody, left=nobody)


def is_mix_refused(snapshot: Snapshot, name: str, period: Period, before: Period, scope: Scope) -> bool:
    """Whether behaviour and mix would tell a reorganisation as a change of habits: on the tree as it was, which changed between the two.

    Units that ended have no rate now, and their successors none then, so all of it would seem mix. Accounts are followed one by one instead.
    """
    if scope.tree != "as_was" or metric(name).of == "account":
        return False
    first, last = sorted((before.from_on, period.to_on))
    return any(first < day <= last for day in tree_changes(snapshot))


def _twice_the_whole(answer: pl.DataFrame) -> pl.DataFrame:
    """`standings` takes the first row as what the others are judged against; here it is listed too."""
    return pl.concat([answer.head(1), answer])


def _paces(snapshot: Snapshot, one: Ratio, table: pl.DataFrame, period: Period, scope: Scope) -> list[pl.Series]:
    paces: list[Pace | None] = [None] * table.height
    if one.good != "down" and table["target"].is_not_null().any():
        found = _state_paces if one.name in STATES else _trend_paces
        paces = found(snapshot, one, table.select("unit_code", "numerator", "denominator", "target").rows(), period, scope)
    per_week = pl.Series("per_week", [pace.per_week if pace else None for pace in paces], dtype=pl.Float64)
    days = {name: [getattr(pace, name) if pace else None for pace in paces] for name in ("reached_on", "reached_from", "reached_to")}
    return [per_week, *(pl.Series(name, values, dtype=pl.Date) for name, values in days.items())]


def pace(snapshot: Snapshot, name: str, counted: tuple[int, int], target: float, period: Period, scope: Scope) -> Pace | None:
    """When the whole of the scope reaches its target on a ratio of which more is better, going on as it does; counted: its numerator, denominator.

    As `comparison` tells it. None where the figures say nothing of it, or where less is better.
    """
    one = metric(name)
    if one.good == "down" or not isinstance(one, Ratio):
        return None
    found = _state_paces if one.name in STATES else _trend_paces
    return found(snapshot, one, [(scope.unit_code, *counted, target)], clipped(snapshot.info, period), scope)[0]


_Aimed = list[tuple[str | None, int | None, int | None, float | None]]
"""Unit (None: the whole), numerator, denominator and target."""


def _state_paces(snapshot: Snapshot, one: Ratio, rows: _Aimed, period: Period, scope: Scope) -> list[Pace | None]:
    """By the accounts followed over the last 4 weeks, of each unit with its subtree."""
    then = period.to_on - timedelta(days=LOOKS_BACK)
    if then < snapshot.info.first_on:
        return [None] * len(rows)
    last_days = Period(period.to_on, period.to_on), Period(then, then)
    above = dict(units(snapshot).select("unit_code", "parent_code").iter_rows())
    moves = with_subtrees(account_moves(snapshot, one.name, *last_days, scope), above)
    followed = {mine["unit_code"]: mine for mine in moves.iter_rows(named=True)}
    paces: list[Pace | None] = []
    for code, over, under, target in rows:
        mine = followed.get(None if code == rows[0][0] else code)
        if target is None or over is None or not under or mine is None:
            paces.append(None)
            continue
        before = (mine["reached_before"] + mine["leavers_reached"], mine["stayers"] + mine["leavers"])
        open_then = mine["stayers"] - mine["reached_before"]
        paces.append(pace_of_state(period.to_on, (over, under), before, open_then, mine["gained"], target))
    return paces


def _trend_paces(snapshot: Snapshot, one: Ratio, rows: _Aimed, period: Period, scope: Scope) -> list[Pace | None]:
    """By the same ratio in the periods before, each as long, as far as the data reach back."""
    by_unit, periods = _history(snapshot, one, period, scope, MOST_POINTS)
    last = len(periods) - 1

    def points(code: str | None) -> list[tuple[int, int]]:
        mine = by_unit.get(None if code == rows[0][0] else code, {})
        first = last
        while first - 1 in mine and mine[first - 1][1]:
            first -= 1
        return [mine[number] for number in range(first, last + 1)] if last in mine else []

    return [
        None if target is None or over is None or not under or not points(code) else pace_of_trend(period.to_on, points(code), period.days, target)
        for code, over, under, target in rows
    ]


_Counted = dict[str | None, dict[int, tuple[int, int]]]
"""Numerator and denominator by unit (None: the whole) and number of the period."""


def _history(snapshot: Snapshot, one: Ratio, period: Period, scope: Scope, most: int) -> tuple[_Counted, list[Period]]:
    """What each unit counted in up to `most` periods, and these periods, each as long, this one last."""
    periods = [period]
    while len(periods) < most and (earlier := period_before(periods[0])) is not None and earlier.from_on >= snapshot.info.first_on:
        periods.insert(0, earlier)
    periods = [known for known in periods if is_known(snapshot, one, known, scope.group)]
    by_unit: _Counted = {}
    if periods:
        found = counts(snapshot, [one], periods, scope, "unit").select("group_code", "period_no", "numerator", "denominator")
        for code, number, over, under in found.iter_rows():
            by_unit.setdefault(code, {})[number] = (over or 0, under or 0)
    return by_unit, periods


def _control(snapshot: Snapshot, one: Ratio, table: pl.DataFrame, period: Period, scope: Scope) -> list[pl.Series]:
    """control, assurance: what the unit's P' chart says of the newest period, and of its target."""
    by_unit, periods = _history(snapshot, one, period, scope, CONTROLLED)
    began = unit_beginnings(units(snapshot), small_table(snapshot, "unit_succession"))
    said: list[tuple[str | None, str | None]] = []
    for code, target in table.select("unit_code", "target").iter_rows():
        mine = by_unit.get(None if code == table["unit_code"][0] else code, {})
        counted = [mine.get(number, (None, None)) for number in range(len(periods))]
        # A unit that began, or took another one in, is judged by what came after.
        anew = sum(known.from_on < began.get(code, known.from_on) for known in periods)
        among_all, alone = (p_prime(counted, [anew] if anew else [], among) for among in (table.height, 0))
        is_new = alone.is_known and anew < len(periods) and bool(counted[-1][1])
        # Whether it reaches its target is the unit's own business, however many others are looked at.
        said.append((among_all.change(one.good), alone.assurance(target, one.good)) if is_new else (None, None))
    return [pl.Series(name, [row[place] for row in said], pl.String) for place, name in enumerate(("control", "assurance"))]
