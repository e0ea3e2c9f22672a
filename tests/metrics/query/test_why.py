"""Why a figure is what it is: counts, checks, SQL that gives the same again, and exactly the rows behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from data.errors import ConfigurationError
from metrics.catalog import METRICS
from metrics.engines import Snapshot
from metrics.engines.duckdb import open_snapshot
from metrics.model import Duration, Ratio
from metrics.periods import Period
from metrics.query.metric_values import metric_values
from metrics.query.single_rows import rows_behind
from metrics.query.why import dictionary, why
from metrics.rows import ROWS
from metrics.tree.scope import Scope
from metrics.tree.scope import Tree as TreeName
from tests.metrics.test_against_slow_figures import World
from tests.tiny_snapshot import write_snapshot

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    with open_snapshot(write_snapshot(tmp_path_factory.mktemp("world"), World(239).rows)) as snapshot:
        yield snapshot


@pytest.mark.parametrize("name", [one.name for one in METRICS])
@pytest.mark.parametrize("scope", [Scope(), Scope("R"), Scope(group=1), Scope(group=2)], ids=["whole", "unit", "group 1", "group 2"])
def test_the_rows_behind_a_figure_are_as_many_as_it_says(world: Snapshot, name: str, scope: Scope) -> None:
    (figure,) = metric_values(world, [name], JULY, scope).iter_rows(named=True)
    one = next(one for one in METRICS if one.name == name)
    if figure["numerator"] is None and name == "dormant_rate":  # not known: the data do not reach 90 days back
        return
    for side in ("numerator", "denominator") if isinstance(one, Ratio) else ("numerator",):
        rows = rows_behind(world, name, JULY, scope, side)  # type: ignore[arg-type]
        measured = ROWS[one.of].measures and not isinstance(one, Duration)  # a median counts its rows
        count = rows[rows.columns[-1]].sum() if measured else rows.height
        assert count == (figure[side] or 0)
        assert rows.columns[:2] == ["unit_code", "row_key"]
        if one.of in {"account", "document"}:
            assert rows["row_key"].n_unique() == rows.height


@pytest.mark.parametrize("tree", ["as_is", "comparable"])
@pytest.mark.parametrize("seed", [3, 5, 239])
def test_the_rows_behind_a_restated_figure_are_as_many_and_count_where_it_says(tmp_path: Path, seed: int, tree: TreeName) -> None:
    world = World(seed)
    with open_snapshot(write_snapshot(tmp_path, world.rows)) as snapshot:
        for scope in (Scope(tree=tree), Scope(group=1, tree=tree), world.scope(tree, JULY)):
            by_unit = metric_values(snapshot, ["login_rate", "outgoing_documents", "paper_pages_saved"], JULY, scope, by="unit")
            placed = set(by_unit["unit_code"].unique())
            for name, side in (("login_rate", "denominator"), ("outgoing_documents", "numerator"), ("paper_pages_saved", "numerator")):
                figure = by_unit.filter(metric=name).row(0, named=True)[side] or 0
                rows = rows_behind(snapshot, name, JULY, scope, side)  # type: ignore[arg-type]
                assert (rows["pages"].sum() if "pages" in rows.columns else rows.height) == figure, (name, scope)
                assert set(rows["unit_code"]) <= placed | {None}, (name, scope)


@pytest.mark.parametrize("name", [one.name for one in METRICS])
def test_the_sql_told_gives_the_figure_told(world: Snapshot, name: str) -> None:
    told = why(world, name, JULY, Scope("R"))
    answer = world.query(told.sql, told.params)
    assert (answer[f"{name}__numerator"].sum() or 0) == (told.numerator or 0)
    assert told.metric.definition and told.population.label
    if isinstance(told.metric, Duration):
        assert answer[f"{name}__days"].to_list() == ([] if told.value is None else [told.value])


def test_only_failed_checks_that_concern_the_figure_are_told(tmp_path: Path) -> None:
    rows = {
        "org_unit": [{"unit_code": "P"}],
        "document": [{"unit_code": "P", "is_electronic": True, "is_paper": True}],  # of two forms
        "account": [{"unit_code": "P", "activated_on": JULY.from_on}],
    }
    with open_snapshot(write_snapshot(tmp_path, rows)) as snapshot:
        assert [check.name for check in why(snapshot, "fully_electronic_ratio", JULY).failed_checks] == ["forms_add_up"]
        assert why(snapshot, "activation_rate", JULY).failed_checks == ()


def test_what_has_no_denominator_has_no_rows_of_one(world: Snapshot) -> None:
    with pytest.raises(ConfigurationError, match="denominator"):
        rows_behind(world, "outgoing_documents", JULY, side="denominator")


def test_the_population_of_a_group_is_told(tmp_path: Path) -> None:
    with open_snapshot(write_snapshot(tmp_path, {"org_unit": [{"unit_code": "P", "pilot_group": 2}]})) as snapshot:
        assert why(snapshot, "activation_rate", JULY, Scope(group=2)).population.name == "clerks"
        assert why(snapshot, "activation_rate", JULY).population.name == "officers"


def test_the_dictionary_has_every_metric_in_both_languages() -> None:
    vietnamese, english = dictionary(), dictionary("en")
    for frame in (vietnamese, english):
        assert frame["metric"].to_list() == [one.name for one in METRICS]
        assert frame.null_count().sum_horizontal().item() == 0
        empty = frame.select((pl.col(pl.String) == "").sum()).row(0, named=True)
        assert {name for name, count in empty.items() if count} <= {"exclusions"}
    same = ["metric", "kind", "good", "min_days", "version"]
    assert vietnamese.select(same).equals(english.select(same))
    told = [name for name in english.columns if name not in same]
    for row in range(english.height):
        for name in told:
            mine, theirs = vietnamese[name][row], english[name][row]
            assert (mine == "") == (theirs == "") and (mine != theirs or mine == ""), (vietnamese["metric"][row], name)
            assert not re.search("[ăâđêôơưàáảãạèéẻẽẹìíỉĩịòóỏõọùúủũụỳýỷỹỵ]", re.sub("NĐ-CP|QĐ-TTg", "", theirs).lower()), theirs
