"""The same accounts before and now: McNemar's test against published figures and SciPy, and units with all below them."""

from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import binomtest

from metrics.comparison.account_change import COUNTS, SCHEMA
from metrics.comparison.paired import mcnemar, with_subtrees


def test_mcnemar_equals_what_was_published() -> None:
    # A. Agresti (2002), Categorical Data Analysis, 2nd edition, table 10.1: 86 and 150 of 1,600 people changed their rating.
    assert mcnemar(86, 150) == pytest.approx(binomtest(86, 236, 0.5).pvalue, abs=1e-12)
    assert mcnemar(86, 150) < 0.0001
    # By hand: of 6 who changed, 6 one way: 2/64; 5 against 1: 2 (1 + 6) / 64.
    assert (mcnemar(6, 0), mcnemar(0, 6), mcnemar(5, 1)) == pytest.approx((2 / 64, 2 / 64, 14 / 64), abs=1e-12)
    assert (mcnemar(0, 0), mcnemar(3, 3)) == (1.0, 1.0)


@pytest.mark.parametrize(("gained", "lost"), [(12, 4), (1, 9), (40, 31), (200, 150), (7, 0)])
def test_mcnemar_equals_scipys_binomial_test(gained: int, lost: int) -> None:
    assert mcnemar(gained, lost) == pytest.approx(binomtest(gained, gained + lost, 0.5).pvalue, abs=1e-9)


def test_accounts_count_at_their_unit_and_at_all_above_it() -> None:
    rows = [{"unit_code": code, **dict.fromkeys(COUNTS, 0), "stayers": stayers, "gained": 1} for code, stayers in (("a", 3), ("b", 4), (None, 5))]
    found = with_subtrees(pl.DataFrame(rows, schema=SCHEMA), {"R": None, "a": "R", "b": "a"})
    assert dict(found.select("unit_code", "stayers").iter_rows()) == {None: 12, "a": 7, "b": 4, "R": 7}
    assert found.filter(unit_code="a")["gained"].item() == 2
