"""Runs the checks: DuckDB counts violations, Great Expectations judges the counts.

The only place that imports it, and only when it is needed, because that takes seconds.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from data.outcomes import Outcome
from etl.checks.check import Check


@dataclass(frozen=True)
class Verdict:
    """What came of one check."""

    check: Check
    outcome: Outcome
    violations: int
    rows: int
    """Rows of the entity that was looked at."""

    @property
    def sentence(self) -> str:
        return f"{self.check.entity}: {self.violations} {self.check.meaning}. {self.check.remedy}"


def run_checks(warehouse: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> list[Verdict]:
    """The verdict on every check, in order. A kept warehouse of the very same counts keeps its results: of most nights no count is new."""
    violations: dict[str, int] = {}
    rows: dict[str, int] = {}
    for entity in dict.fromkeys(check.entity for check in checks):
        counts, rows[entity] = count_violations(warehouse, entity, [check for check in checks if check.entity == entity])
        violations |= counts
    passed = _results_on(warehouse, violations) or judge(checks, violations)
    delivered, shared = _delivered(warehouse)
    return [
        Verdict(check, _outcome(check, rows[check.entity], passed[check.name], delivered, shared), violations[check.name], rows[check.entity])
        for check in checks
    ]


def _delivered(warehouse: duckdb.DuckDBPyConnection) -> tuple[set[tuple[str, str]], set[str]]:
    """Entity and column of what the sources deliver, and the entities that several sources do."""
    found = warehouse.execute("SELECT entity, column_name, count(DISTINCT source) FROM canonical.delivered GROUP BY ALL").fetchall()
    return {(entity, column) for entity, column, _ in found}, {entity for entity, _, sources in found if sources > 1}


def _outcome(check: Check, rows: int, is_passed: bool, delivered: set[tuple[str, str]], shared: set[str]) -> Outcome:
    if check.entity not in {entity for entity, _ in delivered} or any((check.entity, column) not in delivered for column in check.needs):
        return Outcome.NOT_DELIVERED
    if not rows or (check.is_between_sources and check.entity not in shared):
        return Outcome.NOTHING
    return Outcome.PASSED if is_passed else Outcome.FAILED


def count_violations(warehouse: duckdb.DuckDBPyConnection, entity: str, suite: Sequence[Check]) -> tuple[dict[str, int], int]:
    """Violations per check, and the entity's rows, in one statement."""
    sources = len(warehouse.execute(f"SELECT DISTINCT source FROM canonical.{entity} LIMIT 2").fetchall())  # noqa: S608
    columns = ", ".join(f"({'0' if check.is_between_sources and sources < 2 else check.violations}) AS {check.name}" for check in suite)
    counts = warehouse.execute(f"SELECT {columns}, (SELECT count(*) FROM canonical.{entity})").fetchone() or ()  # noqa: S608
    return {check.name: int(count) for check, count in zip(suite, counts[:-1], strict=True)}, int(counts[-1])


def judge(checks: Sequence[Check], violations: dict[str, int]) -> dict[str, bool]:
    """Whether each check passes: one suite per entity, which expects that no count of violations is above 0."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the library's dependencies are deprecated here and there
        import great_expectations as gx
        import pandas as pd
        from great_expectations.data_context.types.base import ProgressBarsConfig
        from great_expectations.expectations.core.expect_column_max_to_be_between import ExpectColumnMaxToBeBetween
        from great_expectations.expectations.metadata_types import FailureSeverity

        severities = {"fail": FailureSeverity.CRITICAL, "warn": FailureSeverity.WARNING}
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("violations")
        batch = asset.add_batch_definition_whole_dataframe("of this run").get_batch({"dataframe": pd.DataFrame([violations])})
        passed: dict[str, bool] = {}
        for entity in dict.fromkeys(check.entity for check in checks):
            expectations = [
                ExpectColumnMaxToBeBetween(column=check.name, max_value=0, severity=severities[check.severity])
                for check in checks
                if check.entity == entity
            ]
            for result in batch.validate(gx.ExpectationSuite(name=entity, expectations=expectations)).results:
                if result.expectation_config is not None:
                    passed[str(result.expectation_config.kwargs["column"])] = bool(result.success)
    return passed


def _results_on(warehouse: duckdb.DuckDBPyConnection, violations: dict[str, int]) -> dict[str, bool]:
    """What the last run of this warehouse came to, where it counted the same; else nothing."""
    if not warehouse.execute("SELECT 1 FROM duckdb_tables() WHERE schema_name = 'core' AND table_name = 'quality_result'").fetchone():
        return {}
    results = warehouse.execute("SELECT check_name, violations, violations = 0 FROM core.quality_result").fetchall()
    is_same = {name: count for name, count, _ in results} == violations
    return {name: is_passed for name, _, is_passed in results} if is_same else {}
