"""First logins: day by day how many of the activated accounts have ever logged in, and how long they take from activation on.

How long is told by Kaplan and Meier's product limit (`metrics.comparison.waiting_times`): an account that has not logged in yet, or went before it
did, waited at least until the cut-off, or until it went.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from metrics.catalog import metric
from metrics.comparison.waiting_times import kaplan_meier
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.query.coverage import clipped
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

LONG = 30
"""Days after activation by which is told who has logged in."""

# The lowest bit of a month's mask is its first day with a login.
_FIRST_LOGIN = """
WITH first_login AS (
    SELECT
        account_no,
        MIN(month_on + CAST(BIT_COUNT((login_days & -login_days) - 1) AS INTEGER)) AS first_login_on
    FROM account_month
    WHERE login_days <> 0
    GROUP BY account_no
)
"""
_STAYS = """
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
_WAITS = """
SELECT
    account_stay.account_no,
    account_stay.unit_code,
    account_stay.activated_on,
    first_login.first_login_on,
    last_stay.ends_on
FROM account_stay
INNER JOIN (SELECT account_no, MAX(valid_to) AS ends_on FROM account_stay GROUP BY account_no) AS last_stay
    ON last_stay.account_no = account_stay.account_no
LEFT JOIN first_login
    ON first_login.account_no = account_stay.account_no
WHERE account_stay.activated_on BETWEEN account_stay.valid_from AND account_stay.valid_to
    AND account_stay.activated_on BETWEEN $from_on AND $to_on AND {whom}
"""


@dataclass(frozen=True)
class Wait:
    """How long accounts activated in a period take to their first login, in days of the calendar."""

    activated: int
    logged_in: int
    """How many of them have, by the cut-off."""
    median: int | None
    ninety: int | None
    """Days until half, and 90%, have; null where the curve does not come down so far yet."""
    not_after: float | None
    """The share that has not after LONG days; null where none was followed so long."""


def first_login_wait(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> Wait | None:
    """Of the accounts of the scope's population activated in the period, where they stood on that day; null without any, or without their logins.

    Raises ConfigurationError for unknown units and groups.
    """
    scope = scope or Scope()
    covered = clipped(snapshot.info, period)
    if not (is_delivered(snapshot, "access_event.kind=login", covered) and is_delivered(snapshot, "account.activated_at")):
        return None
    whom = population_of(snapshot, metric("activation_rate"), scope.group).where.sql
    found = snapshot.query(_FIRST_LOGIN + _WAITS.format(whom=whom), {"from_on": covered.from_on, "to_on": covered.to_on})
    spans = days_in_scope(snapshot, scoped_units(snapshot, scope, period))
    if spans is not None:
        found = found.join(spans, on="unit_code").filter(pl.col("activated_on").is_between(pl.col("from_on"), pl.col("to_on")))
    found = found.unique("account_no")
    if found.is_empty():
        return None
    rows, cutoff_on = found.select("activated_on", "first_login_on", "ends_on").iter_rows(), snapshot.info.cutoff_on
    spells = [_wait(activated_on, first_login_on, min(ends_on, cutoff_on)) for activated_on, first_login_on, ends_on in rows]
    curve = kaplan_meier((days, has_come, 1) for days, has_come in spells)
    came = sum(has_come for _, has_come in spells)
    return Wait(len(spells), came, curve.quantile(0.5), curve.quantile(0.9), curve.lasting(LONG))


def _wait(activated_on: date, first_login_on: date | None, last: date) -> tuple[int, bool]:
    """Days waited, and whether the first login ended them: else the account was followed up to `last`."""
    if first_login_on is not None and first_login_on <= last:
        return max(0, (first_login_on - activated_on).days), True
    return max(0, (last - activated_on).days), False


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
    return snapshot.derived(f"stays with first logins, {whom}", lambda: snapshot.query(_FIRST_LOGIN + _STAYS.format(whom=whom)))


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
