"""Conditions over named booleans, and declarations that do not fit."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from data.errors import ConfigurationError
from metrics.catalog import METRICS, metric
from metrics.engines.duckdb import open_snapshot
from metrics.model import WrongDeclaration
from metrics.periods import Period
from metrics.query.statements import row_statement, statement
from metrics.rows import EVERY_ROW, ROWS, Condition, RowKind, account, document
from metrics.tree.scope import Scope
from metrics.tree.scoped_units import scoped_units
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


A, B, C = (Condition(name, name, frozenset({name})) for name in "abc")


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (A, "a"),
        (~A, "~a"),
        (A & B, "a & b"),
        (A | B, "a | b"),
        (A | B & C, "a | b & c"),
        (~A & B, "~a & b"),
        (~(A & B), "~(a & b)"),
        ((A | B) & C, "(a | b) & c"),
        (C & (A | B), "c & (a | b)"),
        (~~A, "~(~a)"),
        (~A | ~B & ~C, "~a | ~b & ~c"),
        (A & (B | (C & ~A)), "a & (b | c & ~a)"),
        (~(A | B) & C, "~(a | b) & c"),
        (A & B & C, "a & b & c"),
        (A | B | C, "a | b | c"),
    ],
    ids=str,
)
def test_a_condition_means_in_sql_what_it_means_in_python(condition: Condition, text: str) -> None:
    assert str(condition) == text
    for a, b, c in itertools.product((True, False), repeat=3):
        expected = bool(eval(text.replace("~", " not ").replace("&", " and ").replace("|", " or "), {}, {"a": a, "b": b, "c": c}))
        found = duckdb.sql(f"SELECT {condition.sql} FROM (SELECT {a} AS a, {b} AS b, {c} AS c)").fetchall()  # noqa: S608
        assert found == [(expected,)], (condition, a, b, c)


def test_the_words_and_or_not_are_refused_since_they_would_decide_now() -> None:
    with pytest.raises(TypeError, match=r"& \| ~"):
        bool(A and B)


def test_a_misspelt_column_is_refused_where_it_is_written_with_the_closest() -> None:
    with pytest.raises(AttributeError, match=r"'is_actived' is not a column of the rows of account\. Closest: is_activated"):
        getattr(account, "is_actived")  # noqa: B009


def test_a_column_of_another_kind_of_row_is_refused_with_the_declaration_named() -> None:
    with pytest.raises(WrongDeclaration, match=r"activation_rate.*is_electronic"):
        replace(metric("activation_rate"), numerator=document.is_electronic)
    with pytest.raises(WrongDeclaration, match=r"median_working_days.*dimension"):
        replace(metric("median_working_days"), days=document.doc_type)


def test_every_row_is_a_condition_that_all_rows_meet() -> None:
    assert EVERY_ROW.sql == "TRUE" and str(EVERY_ROW) == ""


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


@pytest.mark.parametrize("kind", ROWS)
def test_each_row_kind_yields_the_columns_it_declares(kind: RowKind, tmp_path: Path) -> None:
    rows = ROWS[kind]
    july = Period(date(2024, 7, 1), date(2024, 7, 31))
    with open_snapshot(write_snapshot(tmp_path, {"org_unit": [{"unit_code": "R", "level": "so"}]})) as snapshot:
        scoped = scoped_units(snapshot, Scope(unit_code="R", unit_codes=("R",), levels=("so",)), july)
        single = row_statement(snapshot, kind, july, scoped, "SELECT * FROM scoped_row")
        frame = snapshot.query(single.sql, single.params)
        assert frame.columns == ["period_no", "unit_code", "tree_on", "row_key", *rows.booleans, *rows.measures, *rows.dimensions]


def test_figures_of_rows_that_have_a_mart_are_counted_of_it(tmp_path: Path) -> None:
    july = Period(date(2024, 7, 1), date(2024, 7, 31))
    with open_snapshot(write_snapshot(tmp_path)) as snapshot:
        for name in ("outgoing_documents", "internal_incoming", "overdue"):
            counted = statement(snapshot, [metric(name)], [july], scoped_units(snapshot, Scope(), july), None)
            assert ROWS[metric(name).of].mart in counted.sql and snapshot.query(counted.sql).height <= 1
