"""Everything that one ratio of each unit can be judged by, in one table: chance, peers, another time, why it moved, and its target."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.comparison.change import decompose_change
from metrics.comparison.peers import ranks
from metrics.comparison.standing import standings
from metrics.comparison.targets import LOOKS_BACK, Pace, pace_to_target
from metrics.engines import Snapshot
from metrics.model import Ratio
from metrics.periods import EARLIEST, Period
from metrics.query.metric_values import counts, metric_values
from metrics.tree.scope import Scope
from metrics.tree.units import units

_NUMBERS = ("rank_from", "rank_to", "behaviour", "mix")


def comparison(snapshot: Snapshot, name: str, period: Period, before: Period, targets: pl.DataFrame, scope: Scope | None = None) -> pl.DataFrame:
    """The whole first, then each unit with its subtree: the columns of `metrics.comparison.standing.standings`, and what follows.

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
        counts(snapshot, [one], [days], scope, "own_unit").drop_nulls("group_code").rename({"group_code": "unit_code"}) for days in (period, before)
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
