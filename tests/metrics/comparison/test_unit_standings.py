from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import polars as pl
import pytest

from metrics.catalog import METRICS, metric
from metrics.comparison.targets import SCHEMA
from metrics.comparison.unit_standings import distance, standings
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.model import Ratio
from metrics.periods import Period
from metrics.query.metric_values import COLUMNS, metric_values, ratio_by_unit_and_part
from metrics.tree.scope import Scope
from tests.tiny_snapshot import write_snapshot

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
NO_TARGETS = pl.DataFrame(schema=SCHEMA)


def answer(name: str, *units: tuple[str | None, int | None, int | None]) -> pl.DataFrame:
    rows = [
        (
            name,
            "x",
            code,
            JULY.from_on,
            JULY.to_on,
            JULY.from_on,
            JULY.to_on,
            JULY.days,
            numerator,
            denominator,
            numerator / denominator if numerator is not None and denominator else None,
            "s",
        )
        for code, numerator, denominator in units
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


UNITS = pl.DataFrame({"unit_code": list("ABCDEFG"), "level": ["cap_tinh"] * 6 + ["cap_huyen"], "parent_code": [None] * 7})
SIZES = pl.DataFrame({"unit_code": list("ABCDEFG"), "size": [40, 40, 40, 40, 40, 40, 40]})
NOW = answer(
    "activation_rate", (None, 140, 240), ("A", 38, 40), ("B", 30, 40), ("C", 24, 40), ("D", 23, 40), ("E", 22, 40), ("F", 3, 40), ("G", 0, 0)
)


def test_units_are_placed_against_the_whole_and_not_against_each_other() -> None:
    found = standings("activation_rate", NOW, None, UNITS, SIZES, NO_TARGETS)
    assert found["unit_code"].to_list() == list("ABCDEFG")
    assert dict(found.select("unit_code", "position").iter_rows()) == {
        "A": "above_998",
        "B": "above_95",
        "C": "within",
        "D": "within",
        "E": "within",
        "F": "below_998",
        "G": None,
    }
    # The same units, but the whole (of which they are a part) is higher: the same rates stand lower now.
    higher = NOW.with_row_index("n").with_columns(value=pl.when(pl.col("n") == 0).then(0.9).otherwise("value")).drop("n")
    assert standings("activation_rate", higher, None, UNITS, SIZES, NO_TARGETS)["position"].to_list()[:3] == ["within", "below_95", "below_998"]


def test_the_best_quarter_is_the_first_whatever_is_better() -> None:
    """Ten thousand times as many accounts as above, so that chance leaves each where it is; with few accounts nobody has a quarter."""
    many = NOW.with_columns(numerator=pl.col("numerator") * 10_000, denominator=pl.col("denominator") * 10_000)
    up = standings("activation_rate", many, None, UNITS, SIZES, NO_TARGETS)
    assert dict(up.select("unit_code", "quarter").iter_rows()) == {"A": 1, "B": 2, "C": 2, "D": 3, "E": 4, "F": 4, "G": None}
    down = standings("parallel_ratio", many.with_columns(metric=pl.lit("parallel_ratio")), None, UNITS, SIZES, NO_TARGETS)
    assert dict(down.select("unit_code", "quarter").iter_rows()) == {"A": 4, "B": 3, "C": 3, "D": 2, "E": 1, "F": 1, "G": None}
    assert up["peers"].to_list() == [5, 5, 5, 5, 5, 5, None]
    assert standings("activation_rate", NOW, None, UNITS, SIZES, NO_TARGETS)["quarter"].to_list()[1:5] == [None] * 4


def test_change_and_target_stand_in_the_same_row() -> None:
    row = {"metric": "activation_rate", "from_on": date(2024, 7, 1), "target": 0.9}
    targets = pl.DataFrame([{**dict.fromkeys(SCHEMA), **row}], schema=SCHEMA)
    before = answer("activation_rate", (None, 100, 240), ("A", 20, 40), ("F", 0, 0))
    found = {row["unit_code"]: row for row in standings("activation_rate", NOW, before, UNITS, SIZES, targets).iter_rows(named=True)}
    assert found["A"]["change"] == pytest.approx(0.45)
    assert (found["B"]["change"], found["F"]["change"], found["G"]["change"]) == (None, None, None)
    assert [found[code]["missing"] for code in "ABFG"] == [0, 6, 33, None]
    assert found["B"]["target"] == 0.9


@pytest.mark.parametrize(("numerator", "good", "expected"), [(10, "up", 8), (18, "up", 0), (10, "down", 0), (19, "down", 1), (20, "down", 2)])
def test_the_distance_goes_the_way_that_is_better(numerator: int, good: str, expected: int) -> None:
    assert distance(numerator, 20, 0.9, good) == expected  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    units = [
        {"unit_code": "R", "level": "toi_cao"},
        {"unit_code": "A", "parent_code": "R", "pilot_group": 1},
        {"unit_code": "A1", "parent_code": "A", "level": "cap_huyen", "pilot_group": 1},
        {"unit_code": "B", "parent_code": "R", "pilot_group": 1},
    ]
    accounts = [
        {"account_key": "a", "unit_code": "A", "activated_on": date(2024, 7, 3)},
        {"account_key": "b", "unit_code": "A1", "activated_on": date(2024, 7, 9)},
        {"account_key": "c", "unit_code": "A1"},
    ]
    days = [
        {"account_key": key, "day_on": date(2024, 7, day), "has_logged_in": True}
        for key, day in (("a", 4), ("a", 10), ("a", 16), ("a", 24), ("b", 30))
    ]
    documents = [{"unit_code": "B", "issued_on": date(2024, 7, 20), "is_electronic": True}, {"unit_code": "B", "issued_on": date(2024, 7, 2)}]
    rows = {"org_unit": units, "account": accounts, "account_day": days, "document": documents}
    with open_snapshot(write_snapshot(tmp_path_factory.mktemp("standings"), rows)) as snapshot:
        yield snapshot


@pytest.mark.parametrize("name", [one.name for one in METRICS if isinstance(one, Ratio)])
@pytest.mark.parametrize("scope", [Scope(), Scope(group=1), Scope(unit_code="A")], ids=["all", "group", "unit"])
def test_parts_equal_the_figures_of_each_part_alone(snapshot: Snapshot, name: str, scope: Scope) -> None:
    parts = Period(date(2024, 6, 24), date(2024, 8, 4)).split("week")
    found = ratio_by_unit_and_part(snapshot, name, parts, scope)
    looks_back = metric(name).min_days
    for number, part in enumerate(parts):
        window = part if part.days >= looks_back else Period(date.fromordinal(part.to_on.toordinal() - looks_back + 1), part.to_on)
        alone = metric_values(snapshot, [name], window, scope, "unit").slice(1).select("unit_code", "numerator", "denominator", "value")
        mine = found.filter(pl.col("part") == number, pl.col("unit_code") != (scope.unit_code or "")).drop("part")
        assert mine.rows() == alone.rows()


def test_a_week_without_data_is_not_a_week_without_activity(snapshot: Snapshot) -> None:
    parts = Period(date(2024, 6, 24), date(2024, 7, 7)).split("week")
    found = ratio_by_unit_and_part(snapshot, "activation_rate", parts, Scope())
    of_a = found.filter(unit_code="A").rows()
    assert of_a == [("A", 0, None, None, None), ("A", 1, 1, 3, 1 / 3)]
    assert found.filter(pl.col("unit_code") == "B", pl.col("part") == 1).rows() == [("B", 1, 0, 0, None)]
    with pytest.raises(ValueError, match="no ratio"):
        ratio_by_unit_and_part(snapshot, "overdue", parts, Scope())
