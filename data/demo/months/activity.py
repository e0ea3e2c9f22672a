"""What accounts do in a month: logins (some fail) and actions on documents, one month at a time so that memory stays small."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from data.demo.calendar import DAY, Month, day_number, day_weights, office_seconds
from data.demo.draws import Floats, Ints, random_for
from data.demo.organisation.accounts import Accounts
from data.demo.organisation.pilot_staff import MIDNIGHT
from data.demo.planted import units_with

FAILED_SHARE = 0.03
ACTIONS_PER_LOGIN = 0.95
DROPPING = units_with("drop")
"""Units whose use falls to a fifth from that month on."""
MONTHLY_PULSE = (1.0, 0.97, 1.02, 1.05, 1.0, 1.08, 0.98, 0.94, 1.04, 1.06, 1.1, 1.12)


@dataclass(frozen=True)
class MonthOfActivity:
    """`logins`: account, at, is_success; `actions`: account, at, action (XEM, XULY, KY, BANHANH, DANGXUAT). No two rows are equal."""

    logins: pl.DataFrame
    actions: pl.DataFrame


def plan_activity(accounts: Accounts, month: Month, scale: float, seed: int) -> MonthOfActivity:
    """Everything that happens in the month; the pilot month is the same at every scale, later ones grow with it."""
    rng = random_for(seed, "activity", month.label)
    days = month.day_numbers()
    rate = _daily_rates(accounts, month, days, 1.35 if month.is_pilot else scale)
    counts = rng.poisson(rate)
    if month.is_pilot:
        # Who is to have logged in in the pilot has, at least on the first day of use.
        first_use = accounts.frame["first_use_day"].fill_null(-1).to_numpy()
        today = first_use[:, None] == days[None, :]
        counts[today & (counts == 0) & (rate > 0)] = 1
    account, day = (np.repeat(place, counts[counts > 0]) for place in np.nonzero(counts))
    at = days[day] * DAY + office_seconds(rng, len(day))
    logins = pl.DataFrame({"account": account.astype(np.int64), "at": at}).unique(maintain_order=True)
    actions = _actions(accounts, logins, rng)
    planted = _midnight_logins(accounts, month)
    failures = logins.filter(pl.Series(rng.random(len(logins)) < FAILED_SHARE)).with_columns(pl.col("at") - 40, is_success=pl.lit(False))
    logins = pl.concat([logins.with_columns(is_success=pl.lit(True)), failures, planted]).unique(maintain_order=True)
    return MonthOfActivity(logins.sort("at", "account", "is_success"), actions.sort("at", "account", "action"))


def _daily_rates(accounts: Accounts, month: Month, days: Ints, factor: float) -> Floats:
    """Expected logins per account (rows) and day (columns); zero before the first use, from the lock on, and for the midnight accounts in July."""
    frame = accounts.frame
    use = frame["first_use_day"].fill_null(2**40).to_numpy()
    locked = (frame["disabled"] // DAY).fill_null(2**40).to_numpy()
    personal = frame["daily_logins"].to_numpy() * (1.0 - 0.2 / (1.0 + month.since_start / 6.0)) * MONTHLY_PULSE[month.month - 1]
    unit = accounts.unit_on(month.last_day).filter(pl.col("unit_code").is_in([code for code, since in DROPPING.items() if since <= month.label]))
    personal[unit["account"].to_numpy()] *= 0.2
    if month.is_pilot:
        personal[frame["note"].is_in(list(MIDNIGHT)).fill_null(False).to_numpy()] = 0.0
    personal[frame["is_deleted"].to_numpy()] = 0.0
    is_in_use = (days[None, :] >= use[:, None]) & (days[None, :] < locked[:, None])
    rates: Floats = personal[:, None] * day_weights(days)[None, :] * is_in_use * factor
    return rates


def _actions(accounts: Accounts, logins: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """What follows a login within the same day; leaders sign, clerks issue, everybody reads and processes."""
    counts = rng.poisson(ACTIONS_PER_LOGIN, len(logins))
    account = np.repeat(logins["account"].to_numpy(), counts)
    start = np.repeat(logins["at"].to_numpy(), counts)
    title = accounts.frame["title"].to_numpy()[account]
    chance = rng.random(len(account))
    action = np.select(
        [chance < 0.38, chance < 0.42, (title == "LD") & (chance > 0.7), (title == "VT") & (chance > 0.72), (title == "KSV") & (chance > 0.96)],
        ["XEM", "DANGXUAT", "KY", "BANHANH", "KY"],
        default="XULY",
    )
    midnight = (start // DAY + 1) * DAY
    at = np.minimum(start + 20 + rng.exponential(2400, len(start)).astype(np.int64), midnight - 60 - rng.integers(0, 1800, len(start)))
    return pl.DataFrame({"account": account, "at": np.maximum(at, start + 1), "action": action.astype(str)}).unique(maintain_order=True)


def _midnight_logins(accounts: Accounts, month: Month) -> pl.DataFrame:
    """The logins that stand for the midnight accounts of the plan."""
    numbered = accounts.frame.filter(pl.col("note").is_in(list(MIDNIGHT))).select("account", "note")
    first, last = day_number(month.first_day) * DAY, (day_number(month.last_day) + 1) * DAY
    rows = [(account, MIDNIGHT[note], True) for account, note in numbered.iter_rows() if first <= MIDNIGHT[note] < last]
    return pl.DataFrame(rows, schema={"account": pl.Int64, "at": pl.Int64, "is_success": pl.Boolean}, orient="row")
