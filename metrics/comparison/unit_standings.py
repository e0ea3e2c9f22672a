"""Where each unit stands on one ratio: against chance, the whole, its peers, another time and its target."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.comparison.change import change, decompose_change
from metrics.comparison.funnel_limits import funnel
from metrics.comparison.intervals import wilson
from metrics.comparison.peers import peers, quartiles, ranks
from metrics.comparison.targets import LOOKS_BACK, Pace, missing_to_target, pace_to_target, with_targets
from metrics.engines import Snapshot
from metrics.model import Good, Ratio
from metrics.periods import EARLIEST, Period
from metrics.query.delivered import is_known
from metrics.query.metric_values import counts, metric_values
from metrics.tree.scope import Scope
from metrics.tree.units import units

_NUMBERS = ("rank_from", "rank_to", "behaviour", "mix")
QUARTERS = 4


def standings(
    name: str, now: pl.DataFrame, before: pl.DataFrame | None, units: pl.DataFrame, sizes: pl.DataFrame, targets: pl.DataFrame
) -> pl.DataFrame:
    """One row per unit of `now`, in its order, on a ratio metric; the whole is the first row of `now` and is not listed.

    now, before: answers of `metric_values` for `name` by unit (before: None where nothing is compared). units: unit_code, level.
    sizes: unit_code, size (accounts provisioned), for the peers. targets: as `metrics.comparison.targets.read_targets` gives them.
    Columns: unit_code, numerator, denominator, value; low, high (Wilson 95%; null above 100%); position (of `funnel_limits`, against the rate of the
    whole, since a unit may stand below another one of the list); value_before, change; target, missing (how many more, or fewer
    where less is better, reach it; 0: reached); quarter (1 the best of its peers; the highest where neither direction is better), peers.
    """
    one = metric(name)
    whole = now["value"][0]
    rows = now.slice(1)
    compared = change(rows, before.slice(1) if before is not None else rows.clear())
    aimed = with_targets(compared, units, targets)
    placed = wilson(funnel(aimed.rename({"target": "aim"}), whole)).drop("target").rename({"aim": "target"})
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

    rank_from, rank_to: of its level (`peers.ranks`). behaviour, mix: what the unit's own rows, without its subtree, gave to the change of the
    whole since `before` (`change.decompose_change`); in the whole's row their sums, which together are its change. per_week, reached_on: the
    pace of the last 4 weeks towards the target; null without a target, or where less is better.
    targets: as `metrics.comparison.targets.read_targets` gives them. Raises ConfigurationError for a metric that is no ratio, and for unknown units.
    """
    scope = scope or Scope()
    one = metric(name)
    if not isinstance(one, Ratio):
        raise ConfigurationError(f"{name} is no ratio, so units of different size can't be compared by it. Ask `vanban metrics` for it.")
    now, then = (metric_values(snapshot, [name], days, scope, "unit") for days in (period, before))
    size = metric_values(snapshot, ["provisioned_accounts"], period, scope, "unit").select("unit_code", size="numerator")
    level = units(snapshot).select("unit_code", "level")
    placed = standings(name, _twice_the_whole(now), _twice_the_whole(then), level, size.slice(1), targets)
    is_whole = pl.int_range(pl.len()) == 0
    placed = placed.with_columns(pl.when(~is_whole).then(pl.col(column)).alias(column) for column in ("position", "quarter", "peers"))
    ranked = pl.concat([ranks(of_level) for of_level in now.slice(1).join(level, on="unit_code").partition_by("level")] or [ranks(now.clear())])
    own = [
        counts(snapshot, [one], [days], scope, "own_unit")
        .drop_nulls("group_code")
        .rename({"group_code": "unit_code"})
        .filter(pl.lit(is_known(snapshot, one, days, scope.group)))
        for days in (period, before)
    ]
    moved = decompose_change(*own).select("unit_code", "behaviour", "mix")
    parts = ranked.drop("units").join(moved, on="unit_code", how="full", coalesce=True).select("unit_code", *_NUMBERS)
    whole = pl.DataFrame({"unit_code": [now["unit_code"][0]], "rank_from": None, "rank_to": None}, schema_overrides=parts.schema)
    sums = moved.select(pl.col("behaviour", "mix").sum()) if moved.height else pl.DataFrame({"behaviour": [None], "mix": [None]})
    whole = pl.concat([whole.select("unit_code", "rank_from", "rank_to"), sums], how="horizontal").cast(parts.schema)
    listed = pl.concat([whole, parts.filter(pl.col("unit_code").ne_missing(now["unit_code"][0]))])
    table = placed.join(listed, on="unit_code", how="left", nulls_equal=True, maintain_order="left")
    return table.with_columns(_paces(snapshot, one, table, period, scope))


def _twice_the_whole(answer: pl.DataFrame) -> pl.DataFrame:
    """`standings` takes the first row as what the others are judged against; here it is listed too."""
    return pl.concat([answer.head(1), answer])


def _paces(snapshot: Snapshot, one: Ratio, table: pl.DataFrame, period: Period, scope: Scope) -> list[pl.Series]:
    paces: list[Pace | None] = [None] * table.height
    first = period.from_on - timedelta(days=LOOKS_BACK)
    if one.good != "down" and table["target"].is_not_null().any() and first >= EARLIEST:
        earlier = metric_values(snapshot, [one.name], Period(first, period.to_on - timedelta(days=LOOKS_BACK)), scope, "unit")
        known = {code: (over, under) for code, over, under in earlier.select("unit_code", "numerator", "denominator").iter_rows()}
        for number, (code, over, under, target) in enumerate(table.select("unit_code", "numerator", "denominator", "target").iter_rows()):
            before = known.get(code, (None, None))
            if target is not None and under and over is not None and before[0] is not None:
                paces[number] = pace_to_target(period.to_on, (over, under), before, target)
    return [
        pl.Series("per_week", [pace.per_week if pace else None for pace in paces], dtype=pl.Float64),
        pl.Series("reached_on", [pace.reached_on if pace else None for pace in paces], dtype=pl.Date),
    ]
