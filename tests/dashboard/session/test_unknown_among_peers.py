"""What no source delivers is hidden from peers as anything else: it tells of nobody, and nothing is reckoned with it."""

from __future__ import annotations

from datetime import date

import polars as pl

from dashboard.session.small_cells import POPULATION, without_small_cells
from metrics.comparison.suppression import PeersView

KINDS = {"metric": pl.String, "unit_code": pl.String, "period_from": pl.Date, "period_to": pl.Date} | dict.fromkeys(
    ("numerator", "denominator"), pl.Int64
)
JULY = (date(2024, 7, 1), date(2024, 7, 31))


def answer(name: str, *counts: int | None) -> pl.DataFrame:
    """The whole and unit A."""
    rows = [(name, code, *JULY, count, None, None if count is None else float(count)) for code, count in zip((None, "A"), counts, strict=True)]
    return pl.DataFrame(rows, schema=KINDS | {"value": pl.Float64}, orient="row")


def test_a_count_that_is_not_known_of_people_who_are() -> None:
    view = PeersView(hidden=frozenset({"B"}), since=date.min, is_closed=False, settled=2)
    people = answer(POPULATION, 10, 6)
    found = without_small_cells(answer("signing_accounts", None, None), people, {"A": None, "B": None}, view, None, [])
    assert found["numerator"].null_count() == 2
    known = without_small_cells(answer("signing_accounts", 7, 4), people, {"A": None, "B": None}, view, None, [])
    assert known["numerator"][1] == 4
