"""Runs the checks: DuckDB counts violations, Great Expectations judges the counts.

The only place that imports it, and only when it is needed, because that takes seconds.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from etl.checks.check import Check

_KEPT = "CREATE SCHEMA IF NOT EXISTS state; CREATE TABLE IF NOT EXISTS state.verdict (name VARCHAR, violations BIGINT, is_passed BOOLEAN)"


@dataclass(frozen=True)
class Verdict:
    """What came of one check."""

    check: Check
    is_passed: bool
    violations: int
    rows: int
    """Rows of the entity that was looked at."""

    @property
    def sentence(self) -> str:
        return f"{self.check.entity}: {self.violations} {self.check.meaning}. {self.check.remedy}"


def load_great_expectations() -> None:
    """Imports the library without its usage reports and without the deprecation warnings of its own dependencies."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    if "great_expectations" in sys.modules:
        return
    gc.disable()  # nothing of what 2,500 modules make is garbage: looking for it takes a quarter of the time
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import great_expectations  # noqa: F401
    finally:
        gc.enable()


@contextlib.contextmanager
def loading_in_background() -> Iterator[None]:
    """Starts the slow import beside the work of the database, for a run that will want it, and waits for its end."""
    thread = threading.Thread(target=load_great_expectations, name="load great_expectations", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def run_checks(warehouse: duckdb.DuckDBPyConnection, checks: Sequence[Check]) -> list[Verdict]:
    """The verdict on every check, in order.

    A warehouse keeps the verdicts: the same suites come to the same one on the same count, and of most nights no count is new.
    """
    counted: dict[str, tuple[int, int]] = {}
    for entity in dict.fromkeys(check.entity for check in checks):
        counts, rows = count_violations(warehouse, entity, [check for check in checks if check.entity == entity])
        counted |= {name: (violations, rows) for name, violations in counts.items()}
    warehouse.execute(_KEPT)
    found = warehouse.execute("SELECT name, violations, is_passed FROM state.verdict").fetchall()
    passed = {name: is_passed for name, violations, is_passed in found if name in counted and counted[name][0] == violations}
    new = [check for check in checks if check.name not in passed]
    if new:
        judged = _validate(new, {check.name: counted[check.name][0] for check in new})
        warehouse.executemany("INSERT INTO state.verdict VALUES (?, ?, ?)", [[name, counted[name][0], verdict] for name, verdict in judged.items()])
        passed |= judged
    return [Verdict(check, passed[check.name], *counted[check.name]) for check in checks]


def count_violations(warehouse: duckdb.DuckDBPyConnection, entity: str, suite: Sequence[Check]) -> tuple[dict[str, int], int]:
    """Violations per check, and the entity's rows, in one statement."""
    sources = len(warehouse.execute(f"SELECT DISTINCT source FROM canonical.{entity} LIMIT 2").fetchall())  # noqa: S608
    columns = ", ".join(f"({'0' if check.is_between_sources and sources < 2 else check.violations}) AS {check.name}" for check in suite)
    counts = warehouse.execute(f"SELECT {columns}, (SELECT count(*) FROM canonical.{entity})").fetchone() or ()  # noqa: S608
    return {check.name: int(count) for check, count in zip(suite, counts[:-1], strict=True)}, int(counts[-1])


def _validate(checks: Sequence[Check], counts: dict[str, int]) -> dict[str, bool]:
    """Whether each count is what its entity's suite expects: none."""
    load_great_expectations()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        import pandas as pd
        from great_expectations.data_context.types.base import ProgressBarsConfig
        from great_expectations.expectations.core.expect_column_max_to_be_between import ExpectColumnMaxToBeBetween
        from great_expectations.expectations.metadata_types import FailureSeverity

        severities = {"fail": FailureSeverity.CRITICAL, "warn": FailureSeverity.WARNING}
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = ProgressBarsConfig(globally=False)
        asset = context.data_sources.add_pandas("warehouse").add_dataframe_asset("violations")
        batch = asset.add_batch_definition_whole_dataframe("of this run").get_batch({"dataframe": pd.DataFrame([counts])})
        passed: dict[str, bool] = {}
        for entity in dict.fromkeys(check.entity for check in checks):
            suite = gx.ExpectationSuite(
                name=entity,
                expectations=[
                    ExpectColumnMaxToBeBetween(column=check.name, max_value=0, severity=severities[check.severity])
                    for check in checks
                    if check.entity == entity
                ],
            )
            for judged in batch.validate(suite).results:
                if judged.expectation_config is not None:
                    passed[str(judged.expectation_config.kwargs["column"])] = bool(judged.success)
    return passed
