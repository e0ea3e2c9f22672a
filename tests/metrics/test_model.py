"""Conditions over named booleans, and declarations that do not fit."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.errors import ConfigurationError
from metrics import catalog
from metrics.catalog import METRICS, metric
from metrics.engines.duckdb import open_snapshot
from metrics.model import RowKind, WrongDeclaration, condition_sql
from metrics.periods import Period
from metrics.query.statements import _rows_of, row_statement
from metrics.rows import ROWS
from metrics.tree.scope import Scope
from tests.tiny_snapshot import write_snapshot

CATALOGUE = [
    "activation_rate",
    "login_rate",
    "login_rate_of_provisioned",
    "weekly_active_rate",
    "habitual_rate",
    "processing_rate",
    "electronic_issue_ratio",
    "fully_electronic_ratio",
    "parallel_ratio",
    "digitally_signed_ratio",
    "fully_signed_ratio",
    "on_time_ratio",
    "axis_success_ratio",
    "outgoing_documents",
    "outgoing_signed",
    "outgoing_not_signed",
    "outgoing_electronic",
    "outgoing_parallel",
    "outgoing_paper",
    "internal_outgoing",
    "internal_incoming",
    "axis_outgoing",
    "axis_incoming",
    "recalled_documents",
    "overdue",
    "provisioned_accounts",
    "activated_accounts",
    "logged_in_accounts",
    "processing_accounts",
    "signing_accounts",
    "median_working_days",
    "p90_working_days",
    "paper_pages_saved",
]


@pytest.mark.parametrize(
    "condition",
    [
        "a",
        "~a",
        "a & b",
        "a | b",
        "a | b & c",
        "~a & b",
        "~(a & b)",
        "(a | b) & c",
        "~~a",
        "~a | ~b & ~c",
        "a & (b | (c & ~a))",
        "a & b & c",
        "a|b|c",
    ],
)
def test_a_condition_means_in_sql_what_it_means_in_python(condition: str) -> None:
    sql = condition_sql(condition, ("a", "b", "c"), "test")
    for a, b, c in itertools.product((True, False), repeat=3):
        expected = bool(eval(condition.replace("~", " not ").replace("&", " and ").replace("|", " or "), {}, {"a": a, "b": b, "c": c}))
        found = duckdb.sql(f"SELECT {sql} FROM (SELECT {a} AS a, {b} AS b, {c} AS c)").fetchall()  # noqa: S608
        assert found == [(expected,)], (condition, a, b, c, sql)


@pytest.mark.parametrize("condition", ["is_actived", "a &", "& a", "a b", "(a", "a)", "a; DROP TABLE x", "a = b", "A", "1", "a & 'x'", "not a"])
def test_any_other_word_is_refused_with_the_declaration_named(condition: str) -> None:
    with pytest.raises(WrongDeclaration, match="some_metric"):
        condition_sql(condition, ("a", "b"), "some_metric")


def test_empty_means_every_row() -> None:
    assert condition_sql("  ", ("a",), "test") == "TRUE"


def test_the_catalogue_has_the_agreed_names() -> None:
    assert set(CATALOGUE) <= {one.name for one in METRICS}


def test_each_declaration_speaks_both_languages_and_defines_itself() -> None:
    for one in METRICS:
        assert one.label and one.label_en and one.definition.endswith("."), one.name
        assert one.unit, one.name
    for texts in ([one.label for one in METRICS], [one.label_en for one in METRICS]):
        assert len(set(texts)) == len(texts)


def test_an_unknown_metric_is_answered_with_the_closest() -> None:
    with pytest.raises(ConfigurationError, match="activation_rate"):
        metric("activation_rat")


def test_a_metric_over_an_unknown_column_fails_at_import(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = replace(metric("activation_rate"), numerator="is_actived")
    monkeypatch.setattr(catalog, "METRICS", (wrong,))
    with pytest.raises(WrongDeclaration, match=r"activation_rate.*is_actived"):
        catalog._verify()


@pytest.mark.parametrize("kind", ROWS)
def test_each_row_kind_yields_the_columns_it_declares(kind: RowKind, tmp_path: Path) -> None:
    rows = ROWS[kind]
    july = Period(date(2024, 7, 1), date(2024, 7, 31))
    with open_snapshot(write_snapshot(tmp_path)) as snapshot:
        single = row_statement(kind, july, Scope(unit_code="R", levels=("so",)), "SELECT * FROM scoped_row", july.to_on)
        frame = snapshot.query(single.sql, single.params)
        assert frame.columns == ["period_no", "unit_code", "tree_on", "row_key", *rows.booleans, *rows.measures, *rows.dimensions]
        if rows.mart:
            sums, params = _rows_of(rows.mart, [july], Scope(unit_codes=("R",)), july.to_on, ())
            assert snapshot.query(f"{sums} SELECT * FROM scoped_row", params).columns == [  # noqa: S608
                "period_no",
                "unit_code",
                "tree_on",
                *rows.booleans,
                *rows.measures,
                "row_count",
            ]
