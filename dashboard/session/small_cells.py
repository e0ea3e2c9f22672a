"""The figures that peers see of each other: rows of hidden units are empty, and so is the whole where it would tell of people in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

import polars as pl

from metrics.catalog import metric
from metrics.comparison.suppression import PeersView
from metrics.model import Count, Ratio
from metrics.rows import ROWS

POPULATION = "provisioned_accounts"
_COUNTS = ("numerator", "denominator")


def without_small_cells(
    frame: pl.DataFrame, people: pl.DataFrame, above: Mapping[str, str | None], view: PeersView, home_unit: str | None, own_units: Collection[str]
) -> pl.DataFrame:
    """`frame` with `is_hidden`; numerator, denominator and value of hidden rows are null, those of own units never.

    frame: an answer of `metric_values` by unit over everything, on the tree of today and all accounts. people: the same for POPULATION. above:
    the unit above each unit of that tree. The whole of a metric of accounts has no figure in periods that reach back before `view.whole_since`,
    nor where all who settled among those whom no shown row tells may have done it, or none of them: it would say the same of each one.
    Leaders are few in every unit, so that of these no unit but the own ones has figures.
    """
    if frame.is_empty():
        return frame.with_columns(is_hidden=pl.lit(value=False))
    is_late = frame["period_to"][0] >= view.since
    shown = {code for code in above if code not in view.hidden and code not in own_units} if is_late and not view.is_closed else set()
    top = [code for code in shown if not _has_any_above(code, above, shown)]
    taken_off = [*top, *([home_unit] if home_unit is not None and not _has_any_above(home_unit, above, shown) else [])]
    nobody_is_small = is_late and not view.hidden
    parts = []
    for name in frame["metric"].unique(maintain_order=True):
        of_metric = frame.filter(pl.col("metric") == name)
        is_of_few = "is_leader" in metric(name).population.where.columns
        is_told = is_of_few or view.is_closed or _begins_early(of_metric, view.whole_since)
        is_told = is_told or _tells_everyone(of_metric, people, taken_off, view.settled)
        visible = list(own_units) if is_of_few else [*own_units, *shown]
        is_hidden = ~pl.col("unit_code").is_in(visible).fill_null(value=not is_told)
        parts.append(of_metric.with_columns(is_hidden=pl.lit(value=False) if nobody_is_small and not is_of_few else is_hidden))
    return pl.concat(parts).with_columns(pl.when("is_hidden").then(None).otherwise(pl.col(name)).alias(name) for name in (*_COUNTS, "value"))


def _has_any_above(code: str, above: Mapping[str, str | None], among: Collection[str]) -> bool:
    at = above.get(code)
    while at is not None and at not in among:
        at = above.get(at)
    return at is not None


def _begins_early(of_metric: pl.DataFrame, whole_since: date) -> bool:
    """Whether days before that one are counted in it."""
    one = metric(of_metric["metric"][0])
    if not ROWS[one.of].is_of_accounts or one.name == POPULATION:
        return False
    if one.of == "account_history":  # whatever an account ever did
        return whole_since > date.min
    first: date = of_metric["period_to" if one.is_state else "period_from"][0]
    # Habit looks back over weeks of holidays.
    return first - timedelta(days=28 if one.looks_back == "habit" else 0) < whole_since


def _tells_everyone(of_metric: pl.DataFrame, people: pl.DataFrame, taken_off: Collection[str], settled: int) -> bool:
    """Whether all people who settled among those whom no shown row tells may count alike: each of them would then be known."""
    one = metric(of_metric["metric"][0])
    if not ROWS[one.of].is_of_accounts or (one.of == "login" and isinstance(one, Count)) or one.name == POPULATION:
        return False
    heads = _rest(people, "numerator", taken_off)
    reached = _rest(of_metric, "numerator", taken_off)
    among = _rest(of_metric, "denominator", taken_off) if isinstance(one, Ratio) else heads
    if heads is None or reached is None or among is None or heads == 0:
        return False
    is_part = isinstance(one, Ratio) and bool(one.denominator.text)  # a count of its own, such as the activated, and not all people
    # As many as did not settle may be all who did it, or all who did not.
    may_be_alike = any(not heads - settled < count < settled for count in (reached, *([among] if is_part else [])))
    return may_be_alike or reached == among


def _rest(frame: pl.DataFrame, side: str, taken_off: Collection[str]) -> int | None:
    """The whole less the rows that it is told by."""
    whole = frame[side][0]
    rows = frame.slice(1).filter(pl.col("unit_code").is_in(list(taken_off)))
    return None if whole is None else int(whole) - int(rows[side].sum())
