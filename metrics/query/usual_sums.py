"""Sums of accounts over usual periods, so that a page of the whole government does not count millions of accounts anew: a file beside the snapshot.

An account stands in one unit on the last day of a period, so its facts of that period can be counted by unit beforehand, and the sums put together
over any units, groups and trees are exact: a mover is where it stood, and nobody is counted twice. They are made by the statement that counts
single accounts, after the snapshot is in force. What they do not hold (other days, accounts in several units) is counted account by account.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import duckdb

from data.snapshot import sums_of
from metrics.engines import Questions, Snapshot
from metrics.engines.duckdb import DuckDBSnapshot
from metrics.periods import PRESETS, Period
from metrics.query.statements import has_shared_accounts, row_statement
from metrics.rows import ROWS, RowKind
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units

FEW_ACCOUNTS = 200_000
"""Up to so many spans of accounts a page counts them itself in the time that it may take."""
USUAL = ("month", "quarter", "half_year", "year", "reporting_year")
"""The presets whose periods are counted beforehand."""
YEARS = 2
"""Periods that end in this calendar year or the one before."""
MEMORY_LIMIT = "1GiB"
_TREE = ("org_unit", "org_unit_ancestor")
"""What a statement reads beside the sums."""


def usual_periods(first: date, last: date) -> list[Period]:
    """The usual periods of the newest years, cut off at the days that the data speak of, each once."""
    days = Period(max(first, date(last.year - YEARS + 1, 1, 1)), last)
    found: dict[Period, None] = {}
    for preset in PRESETS:
        if preset.name in USUAL:
            on = days.from_on
            while on <= last:
                period = preset.of(on)
                found[Period(max(period.from_on, first), min(period.to_on, last))] = None
                on = period.to_on + timedelta(days=1)
    return list(found)


def write_sums(path: Path) -> Path | None:
    """Makes the file of sums of a snapshot, in place of those of others; None where none is needed or all accounts have to be looked at.

    Raises UnreadableSnapshot and OtherSchema as `open_snapshot` does, OSError where the folder cannot be written.
    """
    target = sums_of(path)
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    spill = (target.parent / "spill").as_posix()
    # No reader's limits: of a year there are more accounts than a page may look at.
    connection = duckdb.connect(path.as_posix(), read_only=True, config={"memory_limit": MEMORY_LIMIT, "temp_directory": spill})
    snapshot = DuckDBSnapshot(connection, path, deadline_s=24 * 3600)
    unfinished = target.with_suffix(".unfinished")
    try:
        (spans,) = snapshot.query("SELECT COUNT(*) FROM account_stay").row(0)
        if spans <= FEW_ACCOUNTS or has_shared_accounts(snapshot) or snapshot.info.first_on > snapshot.info.cutoff_on:
            return None
        with duckdb.connect(unfinished.as_posix(), config={"memory_limit": MEMORY_LIMIT}) as sums:
            for name in _TREE:
                tree = snapshot.query(f"SELECT * FROM {name}").to_arrow()  # noqa: S608
                sums.execute(f"CREATE TABLE {name} AS SELECT * FROM tree")  # noqa: S608
                del tree
            _count(snapshot, sums, ROWS["account"].usual)
    finally:
        snapshot.close()
    unfinished.rename(target)
    return target


def sums_for(snapshot: Snapshot, kind: RowKind, periods: Sequence[Period]) -> Questions | None:
    """The file that has the sums of such rows over all of these periods; None where they are to be counted."""
    if not ROWS[kind].usual:
        return None
    sums = snapshot.sums
    if sums is None:
        return None
    held = snapshot.derived("periods of sums", lambda: frozenset(_held(sums)))
    return sums if held.issuperset(periods) else None


def _count(snapshot: DuckDBSnapshot, sums: duckdb.DuckDBPyConnection, table: str) -> None:
    rows = ROWS["account"]
    facts = ", ".join(["unit_code", *rows.booleans])
    for period in usual_periods(snapshot.info.first_on, snapshot.info.cutoff_on):
        days = f"DATE '{period.from_on}' AS from_on, DATE '{period.to_on}' AS to_on"
        select = f"SELECT {days}, {facts}, COUNT(*) AS row_count FROM scoped_row GROUP BY {facts} ORDER BY {facts}"  # noqa: S608
        made = row_statement(snapshot, "account", period, scoped_units(snapshot, Scope(), period), select)
        counted = snapshot.query(made.sql, made.params).to_arrow()
        sums.execute(f"CREATE TABLE IF NOT EXISTS {table} AS SELECT * FROM counted LIMIT 0; INSERT INTO {table} SELECT * FROM counted")  # noqa: S608
        del counted


def _held(sums: Questions) -> Iterator[Period]:
    for from_on, to_on in sums.query(f"SELECT DISTINCT from_on, to_on FROM {ROWS['account'].usual}").iter_rows():  # noqa: S608
        yield Period(from_on, to_on)
