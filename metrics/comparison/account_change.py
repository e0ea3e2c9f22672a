"""Why a ratio of accounts moved, told account by account: those who were counted both times, those who came and those who left.

A reorganisation moves units, not people. So the same accounts are compared with themselves first, wherever their unit is called today.
"""

from __future__ import annotations

import polars as pl

from data.errors import ConfigurationError
from metrics.catalog import metric
from metrics.comparison.change import decompose_change
from metrics.engines import Snapshot
from metrics.model import Ratio
from metrics.periods import Period
from metrics.query.delivered import is_known
from metrics.query.single_rows import rows_behind
from metrics.tree.scope import Scope

_MOST = 5_000_000
COUNTS = ("stayers", "reached_before", "reached_now", "gained", "lost", "entrants", "entrants_reached", "leavers", "leavers_reached")
"""Whole accounts: `stayers` count in the denominator both times; of them `reached_before` and `reached_now` were in the numerator, `gained`
came into it and `lost` left it."""
SCHEMA: dict[str, type[pl.DataType]] = {"unit_code": pl.String, **dict.fromkeys(COUNTS, pl.Int64)}
PARTS = ("behaviour", "mix", "entered", "left")
"""What the change of the whole is the sum of (`split_change`)."""


def account_moves(snapshot: Snapshot, name: str, now: Period, before: Period, scope: Scope | None = None) -> pl.DataFrame:
    """One row per unit in the columns SCHEMA: its own accounts, without its subtree, on a ratio of accounts.

    Whoever counts both times is listed at the unit where they stand now, so that neither a new code of their unit nor a transfer makes them
    another person; who left, where they stood then. `unit_code` is null for accounts in no unit. Accounts of several units count once.
    Empty where either period is not known. Raises ConfigurationError for a metric that is no ratio of accounts.
    """
    one, scope = metric(name), scope or Scope()
    if not isinstance(one, Ratio) or one.of != "account":
        raise ConfigurationError(f"{name} is no ratio of accounts, so nobody can be followed from one period to the other.")
    if not all(is_known(snapshot, one, period, scope.group) for period in (now, before)):
        return pl.DataFrame(schema=SCHEMA)
    here, then = (_accounts(snapshot, name, period, scope) for period in (now, before))
    followed = here.join(then, on="row_key", how="full", coalesce=True, suffix="_before")
    is_now, is_then = pl.col("is_reached").is_not_null(), pl.col("is_reached_before").is_not_null()
    now_in, then_in = pl.col("is_reached").fill_null(value=False), pl.col("is_reached_before").fill_null(value=False)
    stays = is_now & is_then
    counted = {
        "stayers": stays,
        "reached_before": stays & then_in,
        "reached_now": stays & now_in,
        "gained": stays & now_in & ~then_in,
        "lost": stays & then_in & ~now_in,
        "entrants": is_now & ~is_then,
        "entrants_reached": now_in & ~is_then,
        "leavers": is_then & ~is_now,
        "leavers_reached": then_in & ~is_now,
    }
    placed = followed.with_columns(unit_code=pl.when(is_now).then("unit_code").otherwise("unit_code_before"))
    return placed.group_by("unit_code").agg(**{name: mask.sum().cast(pl.Int64) for name, mask in counted.items()}).sort("unit_code").cast(SCHEMA)  # type: ignore[arg-type]


def _accounts(snapshot: Snapshot, name: str, period: Period, scope: Scope) -> pl.DataFrame:
    """row_key, unit_code and is_reached of each account of the denominator."""
    whole, reached = (rows_behind(snapshot, name, period, scope, side, _MOST) for side in ("denominator", "numerator"))
    return whole.join(reached.select("row_key", is_reached=pl.lit(value=True)), on="row_key", how="left").with_columns(
        pl.col("is_reached").fill_null(value=False)
    )


def split_change(moves: pl.DataFrame) -> pl.DataFrame:
    """What each unit gave to the change of the whole: unit_code, behaviour, mix, entered, left; together they are the change.

    moves: of `account_moves`. The change of the stayers' rate is behaviour and mix after Kitagawa (`change.decompose_change`) on the units
    where they stand now, so that nobody who stays moves any weight. Who came changes the whole by their share x (their rate less that of the
    stayers now), who left by their share x (that of the stayers then less theirs): M. J. Melitz and S. Polanec (2015), Dynamic Olley-Pakes
    productivity decomposition with entry and exit, RAND Journal of Economics 46, 362-375, equation 4. Where nobody stayed, the mean of both
    rates stands in for the stayers'. Empty where either side has no account.
    """
    total = {name: int(moves[name].sum()) for name in COUNTS}
    cases_now, cases_before = total["stayers"] + total["entrants"], total["stayers"] + total["leavers"]
    if not cases_now or not cases_before:
        return pl.DataFrame(schema={"unit_code": pl.String, **dict.fromkeys(PARTS, pl.Float64)})
    rate_now = (total["reached_now"] + total["entrants_reached"]) / cases_now
    rate_before = (total["reached_before"] + total["leavers_reached"]) / cases_before
    stayed_now = total["reached_now"] / total["stayers"] if total["stayers"] else (rate_now + rate_before) / 2
    stayed_before = total["reached_before"] / total["stayers"] if total["stayers"] else stayed_now
    coded = moves.with_columns(pl.col("unit_code").fill_null(_NOWHERE))
    sides = [coded.select("unit_code", numerator=f"reached_{side}", denominator="stayers") for side in ("now", "before")]
    parts = decompose_change(*sides).select("unit_code", "behaviour", "mix")
    joined = coded.join(parts, on="unit_code", how="left", maintain_order="left").with_columns(pl.col("behaviour", "mix").fill_null(0.0))
    return joined.select(
        pl.col("unit_code").replace(_NOWHERE, None),
        "behaviour",
        "mix",
        entered=(pl.col("entrants_reached") - stayed_now * pl.col("entrants")) / cases_now,
        left=(stayed_before * pl.col("leavers") - pl.col("leavers_reached")) / cases_before,
    )


_NOWHERE = "\0nowhere"
