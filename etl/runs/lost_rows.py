"""Warns where a source delivers much less than at the run before, or ends earlier: no row is wrong then, and every figure would just fall."""

from __future__ import annotations

from collections.abc import Sequence

from data.paths import Home
from data.run_history import EntityAccount, by_entity, last_runs

SMALLEST = 20
"""Rows of which half may go without a word: with a handful, half is one."""


def accounts_before(home: Home) -> Sequence[EntityAccount]:
    """The accounts of the last run that came to its end; none before the first."""
    return next((run.entities for run in last_runs(home) if run.status in ("published", "unchanged")), ())


def declines(before: Sequence[EntityAccount], now: Sequence[EntityAccount]) -> list[str]:
    """One sentence per entity that lost all its rows, or more than half, or whose newest row is older than it was."""
    last = {(account.source, account.entity): account for account in by_entity(before)}
    sentences = []
    for account in by_entity(now):
        known = last.get((account.source, account.entity))
        if known is None or not (decline := _decline(known, account)):
            continue
        sentences.append(
            f"source {account.source}: {decline}. See whether the source is whole and not restored from a backup, and {account.entity}.sql is right."
        )
    return sentences


def _decline(last: EntityAccount, now: EntityAccount) -> str:
    if last.rows_loaded and not now.rows_loaded:
        return f"not one row of {now.entity} is left, of {last.rows_loaded} at the last run ({now.rows_filtered} were left out)"
    if last.rows_loaded >= SMALLEST and now.rows_loaded * 2 < last.rows_loaded:
        return f"{now.rows_loaded} rows of {now.entity} are left, of {last.rows_loaded} at the last run"
    if last.newest_at and now.newest_at and now.newest_at < last.newest_at:
        return f"the newest row of {now.entity} is of {now.newest_at}, and was of {last.newest_at} at the last run"
    return ""
