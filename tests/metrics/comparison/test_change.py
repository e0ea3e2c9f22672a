"""Change, what moved a total, targets and distance."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConfigurationError
from metrics.comparison.change import change, decompose_change
from metrics.comparison.targets import missing_to_target, read_targets, with_targets


def units(*rows: tuple[str, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema={"unit_code": pl.String, "numerator": pl.Int64, "denominator": pl.Int64}, orient="row")


def figures(*rows: tuple[str, str | None, float | None]) -> pl.DataFrame:
    schema: dict[str, Any] = {"metric": pl.String, "unit_code": pl.String, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").with_columns(
        numerator=pl.lit(1, dtype=pl.Int64), denominator=pl.lit(2, dtype=pl.Int64), period_to=pl.lit(date(2024, 7, 31))
    )


def test_change_matches_metric_and_unit_and_knows_no_rise_from_nothing() -> None:
    now = figures(("a", None, 0.6), ("a", "P", 0.5), ("a", "N", 0.4), ("b", None, None))
    before = figures(("a", "P", 0.75), ("a", None, 0.5), ("b", None, 3.0))
    found = change(now, before)
    assert found["value_before"].to_list() == [0.5, 0.75, None, 3.0]
    assert found["change"].to_list() == [pytest.approx(0.1), -0.25, None, None]


def test_kitagawas_two_effects_on_a_table_worked_by_hand() -> None:
    # The rates stay, the weights swap: all of it is mix.
    shift = decompose_change(units(("a", 90, 100), ("b", 60, 300)), units(("a", 270, 300), ("b", 20, 100)))
    assert shift["behaviour"].to_list() == [0.0, 0.0]
    assert shift["mix"].sum() == pytest.approx((150 - 290) / 400)
    # The weights stay, one rate moves: all of it is behaviour.
    moved = decompose_change(units(("a", 80, 100), ("b", 20, 100)), units(("a", 40, 100), ("b", 20, 100)))
    assert moved["mix"].to_list() == [0.0, 0.0]
    assert moved["behaviour"].to_list() == [pytest.approx(0.2), 0.0]


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.integers(0, 2**32))
def test_behaviour_and_mix_add_up_to_the_change(seed: int) -> None:
    draw = random.Random(seed)

    def side() -> pl.DataFrame:
        rows = []
        for number in range(draw.randint(1, 40)):
            denominator = draw.choice([0, 1, 7, 400])
            if draw.random() < 0.8:
                rows.append((f"U{number}", draw.randint(0, denominator), denominator))
        return units(*rows, ("always", 1, 3))

    now, before = side(), side()
    found = decompose_change(now, before)
    moved = now["numerator"].sum() / now["denominator"].sum() - before["numerator"].sum() / before["denominator"].sum()
    assert found["behaviour"].sum() + found["mix"].sum() == pytest.approx(moved, abs=1e-12)


def test_nothing_to_decompose_without_activity() -> None:
    assert decompose_change(units(("a", 1, 2)), units(("a", 0, 0))).is_empty()


def test_a_unit_that_came_or_went_has_moved_in_weight_alone() -> None:
    found = decompose_change(units(("a", 50, 100), ("new", 90, 100)), units(("a", 50, 100), ("old", 10, 100)))
    assert found["unit_code"].to_list() == ["a", "new", "old"]
    assert found["behaviour"].to_list() == [0.0, 0.0, 0.0]
    assert found["mix"].sum() == pytest.approx(0.7 - 0.3)


TARGETS = """metric,unit_code,level,from_on,target
activation_rate,,,2024-01-01,80%
activation_rate,,cap_tinh,2024-01-01,0.85
activation_rate,P,,2024-07-01,90%
activation_rate,P,,2024-08-01,95%
outgoing_documents,,,2024-01-01,100
"""


def test_the_nearest_and_newest_target_counts(tmp_path: Path) -> None:
    (tmp_path / "targets.csv").write_text(TARGETS, encoding="utf-8")
    targets = read_targets(tmp_path / "targets.csv")
    tree = pl.DataFrame({"unit_code": ["P", "Q", "V"], "level": ["cap_tinh", "cap_tinh", "don_vi"]})
    values = figures(
        ("activation_rate", None, 0.5),
        ("activation_rate", "P", 0.95),
        ("activation_rate", "Q", None),
        ("activation_rate", "V", 0.8),
        ("login_rate", "P", 0.1),
    )
    found = with_targets(values, tree, targets)
    assert found["target"].to_list() == [0.8, 0.9, 0.85, 0.8, None]
    assert found["gap"].to_list() == [pytest.approx(-0.3), pytest.approx(0.05), None, 0.0, None]


def test_a_target_counts_over_its_own_window_alone(tmp_path: Path) -> None:
    rows = ["login_rate,,,2024-01-01,90%,month,2024-12-31", "login_rate,,,2024-01-01,95%,quarter,", "habitual_rate,,,2024-01-01,60%,,"]
    (tmp_path / "targets.csv").write_text("\n".join(["metric,unit_code,level,from_on,target,window,by_on", *rows]), encoding="utf-8")
    may, closed, quarter = (date(2024, 5, 1), date(2024, 5, 31)), (date(2024, 4, 15), date(2024, 5, 14)), (date(2024, 4, 1), date(2024, 6, 30))
    week = (date(2024, 5, 6), date(2024, 5, 12))
    asked = [("login_rate", *days, *days) for days in (may, closed, quarter, week)]
    asked += [("login_rate", *may, may[0], date(2024, 5, 30)), ("habitual_rate", *week, *week)]  # the data end a day early
    columns = ("metric", "period_from", "period_to", "covered_from", "covered_to")
    values = pl.DataFrame(asked, schema=columns, orient="row").with_columns(unit_code=pl.lit(None, dtype=pl.String), value=0.5)
    found = with_targets(values, pl.DataFrame(schema={"unit_code": pl.String, "level": pl.String}), read_targets(tmp_path / "targets.csv"))
    assert found["target"].to_list() == [0.9, 0.9, 0.95, None, None, 0.6]
    assert found["target_window"].to_list()[:3] == ["month", "month", "quarter"]
    assert found["target_by"].to_list()[0] == date(2024, 12, 31)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("metric;target\n", "first line must name"),
        ("metric,unit_code,level,from_on,target\nactivation_rat,,,2024-01-01,1\n", "activation_rate"),
        ("metric,unit_code,level,from_on,target\nactivation_rate,,,1/1/2024,1\n", "line 2"),
        ("metric,unit_code,level,from_on,target\nactivation_rate,,,2024-01-01,90\n", "between 0 and 100%"),
        ("metric,unit_code,level,from_on,target\nactivation_rate,,,2024-01-01,NaN\n", "between 0 and 100%"),
        ("metric,unit_code,level,from_on,target\nactivation_rate,P,cap_tinh,2024-01-01,1\n", "not both"),
        ("metric,unit_code,level,from_on,target\n" + "activation_rate,P,,2024-01-01,1\n" * 2, "two targets"),
        ("metric,unit_code,level,from_on,target,window\nlogin_rate,,,2024-01-01,1,week\n", "none of month, quarter, half_year, year"),
        ("metric,unit_code,level,from_on,target,window\nactivation_rate,,,2024-01-01,1,month\n", "on the last day"),
        ("metric,unit_code,level,from_on,target,by_on\nactivation_rate,,,2024-01-01,1,soon\n", "by_on must be"),
        ("metric,unit_code,level,from_on,target,by\n", "may then name window,by_on"),
    ],
)
def test_a_wrong_targets_file_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "targets.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match=told):
        read_targets(tmp_path / "targets.csv")


@pytest.mark.parametrize(
    ("numerator", "denominator", "target", "missing"),
    [
        (63, 70, 0.9, 0),
        (62, 70, 0.9, 1),
        (0, 0, 0.9, 0),
        (1848, 2996, 0.9, 849),
        (0, 3, 0.34, 2),
        (7, 10, 0.7, 0),
        (5, 5, 1.0, 0),
        (29, 100, 0.29, 0),
    ],
)
def test_the_distance_is_whole_and_exact(numerator: int, denominator: int, target: float, missing: int) -> None:
    assert missing_to_target(numerator, denominator, target) == missing
    if missing:
        assert (numerator + missing) * 1000 >= round(target * 1000) * denominator > (numerator + missing - 1) * 1000
