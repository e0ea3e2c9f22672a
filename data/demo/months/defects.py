"""What is wrong with the sample on purpose; every function plants one kind, and truth.json counts them."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from data.demo.calendar import DAY, LAST_DAY, Month, day_number, seconds
from data.demo.draws import random_for
from data.demo.months.documents import DOCUMENT_SCHEMA, ISSUED_STATUS, is_ordinary

WRONG_DATES = ("2024-13-45 08:00:00", "0204-07-11 09:30:00", "31/02/2024")
UNKNOWN_ACTION = "XOAYVONG"
PILOT_DUPLICATES, LATER_DUPLICATE_SHARE = 25, 0.001
PILOT_LATE, LATER_LATE_SHARE = 40, 0.004
NAMELESS_LOGINS, UNKNOWN_ACTIONS, REPEATED_DELIVERIES, UNDATED_DELIVERIES = 3, 5, 12, 2
REPEATED_NUMBER_MONTH = "2024-09"


def recorded(logins: pl.DataFrame, month: Month, seed: int) -> pl.DataFrame:
    """Adds when each login was recorded: at once, or days later for a few; and repeats some rows whole, as a log without a key does."""
    rng = random_for(seed, "login defects", month.label)
    count = len(logins)
    late_count = PILOT_LATE if month.is_pilot else int(count * LATER_LATE_SHARE)
    late = np.isin(np.arange(count), rng.permutation(count)[:late_count])
    at = logins["at"].to_numpy()
    delay = np.where(late, rng.integers(2 * DAY, 9 * DAY, count), rng.integers(0, 3, count))
    end = (day_number(LAST_DAY) + 1) * DAY - 1
    kept = logins.with_columns(recorded=pl.Series(np.maximum(at, np.minimum(at + delay, end))), is_late=pl.Series(late), is_repeated=pl.lit(False))
    duplicates = PILOT_DUPLICATES if month.is_pilot else int(count * LATER_DUPLICATE_SHARE)
    repeated = kept[np.sort(rng.permutation(count)[:duplicates])].with_columns(is_repeated=pl.lit(True), is_late=pl.lit(False))
    return pl.concat([kept, repeated])


def nameless_logins() -> pl.DataFrame:
    """Rows of the login log without an account: missing, empty, and blank."""
    at = seconds(date(2024, 7, 9), 10, 15)
    return pl.DataFrame(
        {"login": [None, "", "   "], "at": [at, at + 60, at + 120], "is_success": [True, True, False], "recorded": [at, at + 60, at + 120]},
        schema={"login": pl.String, "at": pl.Int64, "is_success": pl.Boolean, "recorded": pl.Int64},
    )


def unknown_actions(actions: pl.DataFrame) -> pl.DataFrame:
    """Rows of the processing log with an action that no mapping knows."""
    return actions.filter(pl.col("action") == "XEM").head(UNKNOWN_ACTIONS).with_columns(pl.col("at") + 7, action=pl.lit(UNKNOWN_ACTION))


def repeated_deliveries(internal: pl.DataFrame) -> pl.DataFrame:
    """The same routing rows a second time, as after a repeated synchronisation."""
    return internal.tail(REPEATED_DELIVERIES)


def undated_deliveries(internal: pl.DataFrame) -> pl.DataFrame:
    """Routing rows that nobody ever sent: the sending time is missing."""
    nothing = pl.lit(None, dtype=pl.Int64)
    return internal.head(UNDATED_DELIVERIES).with_columns(sent=nothing, received=nothing, completed=nothing)


def wrong_dates(documents: pl.DataFrame) -> pl.DataFrame:
    """Gives the documents chosen for it a date of issue that does not exist."""
    place = pl.col("is_date_wrong").cast(pl.Int64).cum_sum() - 1
    chosen = place.replace_strict(dict(enumerate(WRONG_DATES)), default=WRONG_DATES[0], return_dtype=pl.String)
    return documents.with_columns(date_text=pl.when(pl.col("is_date_wrong")).then(chosen).otherwise("date_text"))


def midnight_documents(documents: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Documents in the first hours of August 2024, which by UTC are still of July."""
    if month.label != "2024-08":
        return documents
    first = date(2024, 8, 1)
    usual = {"form": "DT", "marking": "0", "status": "04", "signer_signed": True, "organ_signed": True, "is_deleted": False, "is_date_wrong": False}
    rows = [
        {**usual, "unit_code": "VKSTC-VP", "issued": seconds(first, 0, 30), "internal": True, "axis": False},
        {**usual, "unit_code": "T01", "issued": seconds(first, 0, 30), "internal": False, "axis": True},
        {**usual, "unit_code": "T79", "issued": seconds(first, 6, 30), "internal": True, "axis": False},
    ]
    return pl.concat([pl.DataFrame(rows, schema=DOCUMENT_SCHEMA), documents])


def midnight_receipts(deliveries: pl.DataFrame, start: int, end: int) -> pl.DataFrame:
    """Receipts at the last and the first half hour of a day, each within the local day that it had before."""
    numbered = deliveries.with_row_index("place").filter((pl.col("channel") == "NB") & pl.col("received").is_not_null())
    on_day = numbered.filter((pl.col("received") >= start) & (pl.col("received") < end) & (pl.col("sent") < end - 3600))["place"].to_list()[:3]
    next_day = numbered.filter((pl.col("received") >= end) & (pl.col("received") < end + DAY) & (pl.col("sent") < end))["place"].to_list()[:3]
    received = deliveries["received"].to_list()
    for place in on_day:
        received[place] = end - 900
    for place in next_day:
        received[place] = end + 1800
    moved = pl.Series(received, dtype=pl.Int64)
    return deliveries.with_columns(received=moved, completed=pl.when(pl.col("completed") > moved).then("completed").otherwise(None))


def repeated_number(documents: pl.DataFrame, month: Month) -> pl.DataFrame:
    """Two documents of one unit that carry the same number in September 2024."""
    if month.label != REPEATED_NUMBER_MONTH:
        return documents
    is_issued = pl.col("status").is_in(ISSUED_STATUS) & ~pl.col("is_deleted")
    usable = documents.with_row_index("place").filter(is_ordinary(), is_issued, unit_code="VKSTC-VP")
    if len(usable) < 2:
        return documents
    is_second = pl.int_range(pl.len()) == usable["place"][1]
    return documents.with_columns(pl.when(is_second).then(pl.lit(usable[name][0])).otherwise(name).alias(name) for name in ("number", "doc_type"))
