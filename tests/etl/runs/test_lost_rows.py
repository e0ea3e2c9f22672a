"""What is told when a source delivers less than it did."""

from __future__ import annotations

import pytest

from data.run_history import EntityAccount
from etl.runs.lost_rows import declines


def account(loaded: int, newest_at: str | None = None, filtered: int = 0) -> EntityAccount:
    return EntityAccount("so", "delivery", "b", "2024-07-10T00:00:00+00:00", loaded + filtered, loaded, 0, filtered, 0, newest_at)


@pytest.mark.parametrize(
    ("last", "now", "told"),
    [
        (account(7), account(0, filtered=9), "not one row of delivery is left, of 7 at the last run (9 were left out)"),
        (account(40), account(19), "19 rows of delivery are left, of 40 at the last run"),
        (account(40, "2024-07-05 01:00:00+00"), account(41, "2024-07-02 01:00:00+00"), "the newest row of delivery is of 2024-07-02"),
    ],
)
def test_a_decline_is_told(last: EntityAccount, now: EntityAccount, told: str) -> None:
    (sentence,) = declines([last], [now])
    assert sentence.startswith("source so: " + told)


@pytest.mark.parametrize(
    ("last", "now"),
    [
        (account(0), account(0)),
        (account(19), account(1)),
        (account(40), account(20)),
        (account(5, "2024-07-05 01:00:00+00"), account(5, "2024-07-05 01:00:00+00")),
        (account(5, None), account(5, "2024-07-05 01:00:00+00")),
    ],
)
def test_what_is_usual_is_not(last: EntityAccount, now: EntityAccount) -> None:
    assert declines([last], [now]) == []
    assert declines([], [now]) == []
