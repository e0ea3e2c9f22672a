"""The first-login curve: day by day, how many of the activated accounts have ever logged in."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from metrics.catalog import metric
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.query.delivered import is_delivered
from metrics.query.statements import population_of
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import days_in_scope, scoped_units

COLUMNS: dict[str, type[pl.DataType]] = {
    "day_on": pl.Date,
    "first_logins": pl.Int64,
    "logged_in": pl.Int64,
    "activated": pl.Int64,
    "value": pl.Float64,
}

# The lowest bit of a month's mask is its first day with a login.
_STAYS = """
WITH first_login AS (
    SELECT
        account_no,
        MIN(month_on + CAST(BIT_COUNT((login_days & -login_days) - 1) AS INTEGER)) AS first_login_on
    FROM account_month
    WHERE login_days <> 0
    GROUP BY account_no
)
SELECT
    account_stay.unit_code,
    account_stay.valid_from,
    account_stay.valid_to,
    account_stay.activated_on,
    first_login.first_login_on,
    CASE WHEN account_stay.is_shared THEN account_stay.account_no END AS shared_no,
    COUNT(*) AS accounts
FROM account_stay
LEFT JOIN first_login
    ON first_login.account_no = account_stay.account_no
WHERE account_stay.activated_on IS NOT NULL AND {whom}
GROUP BY ALL
"""


def first_login_curve(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> pl.DataFrame:
    """One row per day of the period, in the columns COLUMNS.

    `activated` accounts are those of `activation_rate` on that day, `logged_in` those of them that had logged in on it or ever before,
    `value` one by the other; `first_logins` are those whose first login ever was on that very day. An account counts where it stood on that
    day. Days of which the snapshot does not speak are null, and all days
    where neither logins nor activation were delivered; `value` is null where no account is activated.
    Raises ConfigurationError for unknown units and groups.
    """
    scope = scope or Scope()
    stays = _each_once(_in_scope(_stays(snapshot, scope), days_in_scope(snapshot, scoped_units(snapshot, scope, period))))
    stays = stays.with_columns(from_on=pl.max_horizontal("valid_from", "activated_on"))
    ever = pl.when(pl.col("first_login_on").is_not_null()).then(pl.max_horizontal("from_on", "first_login_on"))
    stays = stays.with_columns(logged_in_from=ever)
    is_first_there = (pl.col("first_login_on") >= pl.col("from_on")) & (pl.col("first_login_on") <= pl.col("valid_to"))
    firsts = stays.filter(is_first_there).group_by(day_on="first_login_on").agg(first_logins=pl.col("accounts").sum())
    days = pl.DataFrame({"day_on": pl.date_range(period.from_on, period.to_on, eager=True)})
    curve = (
        days.join(_standing(stays, "from_on", period).rename({"standing": "activated"}), on="day_on", how="left")
        .join(_standing(stays, "logged_in_from", period).rename({"standing": "logged_in"}), on="day_on", how="left")
        .join(firsts, on="day_on", how="left")
        .sort("day_on")
    )
    is_known = pl.col("day_on").is_between(snapshot.info.first_on, snapshot.info.cutoff_on)
    is_known &= pl.lit(is_delivered(snapshot, "access_event.kind=login", period) and is_delivered(snapshot, "account.activated_at"))
    counted = ("first_logins", "logged_in", "activated")
    curve = curve.with_columns(pl.when(is_known).then(pl.col(name).fill_null(0).cast(pl.Int64)).alias(name) for name in counted)
    return curve.with_columns(value=pl.when(pl.col("activated") > 0).then(pl.col("logged_in") / pl.col("activated"))).select(list(COLUMNS))


def _stays(snapshot: Snapshot, scope: Scope) -> pl.DataFrame:
    """Spans of days in which activated accounts of the scope's population stood in a unit, with their first login ever; those alike together."""
    whom = population_of(snapshot, metric("activation_rate"), scope.group).where.sql
    return snapshot.derived(f"stays with first logins, {whom}", lambda: snapshot.query(_STAYS.format(whom=whom)))


def _in_scope(stays: pl.DataFrame, spans: pl.DataFrame | None) -> pl.DataFrame:
    """The parts of the stays that lie within the spans of their units; None: all of them."""
    if spans is None:
        return stays
    inside = stays.join(spans, on="unit_code")
    return inside.with_columns(valid_from=pl.max_horizontal("valid_from", "from_on"), valid_to=pl.min_horizontal("valid_to", "to_on"))


def _each_once(stays: pl.DataFrame) -> pl.DataFrame:
    """Stays of an account in several units of the scope at once as one."""
    shared = stays.filter(pl.col("shared_no").is_not_null()).sort("shared_no", "valid_from")
    if shared.is_empty():
        return stays
    reached = pl.col("valid_to").cum_max().shift().over("shared_no")
    run = (reached.is_null() | (pl.col("valid_from") > reached)).cum_sum()
    first = pl.col("activated_on", "first_login_on", "accounts").first()
    merged = shared.with_columns(run=run).group_by("shared_no", "run").agg(pl.col("valid_from").min(), pl.col("valid_to").max(), first)
    columns = ["valid_from", "valid_to", "activated_on", "first_login_on", "accounts"]
    return pl.concat([stays.filter(pl.col("shared_no").is_null()).select(columns), merged.select(columns)])


def _standing(stays: pl.DataFrame, since: str, period: Period) -> pl.DataFrame:
    """How many accounts stand on each day of the period, from the day in `since` to `valid_to`: day_on, standing."""
    standing = stays.filter(pl.col(since) <= pl.col("valid_to"), pl.col(since) <= period.to_on, pl.col("valid_to") >= period.from_on)
    comes = standing.select(pl.max_horizontal(since, pl.lit(period.from_on)).alias("day_on"), change="accounts")
    goes = standing.filter(pl.col("valid_to") < period.to_on).select(day_on=pl.col("valid_to") + timedelta(days=1), change=-pl.col("accounts"))
    days = pl.DataFrame({"day_on": pl.date_range(period.from_on, period.to_on, eager=True)}, schema={"day_on": pl.Date})
    changes = pl.concat([comes, goes]).group_by("day_on").agg(pl.col("change").sum())
    return days.join(changes, on="day_on", how="left", maintain_order="left").select("day_on", standing=pl.col("change").fill_null(0).cum_sum())
