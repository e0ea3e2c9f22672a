"""What the checks come to: a count of violations above 0 fails, and the same counts are not judged again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb
import pytest

from etl.checks import CHECKS, suite
from etl.checks.check import Check
from etl.model.describe_run import describe_run
from tests.conftest import library_judge, plain_judge

CHECK = Check("nobody_is_odd", "account", "warn", "SELECT coalesce(sum(odd), 0) FROM canonical.account", "accounts are odd", "Ask.")


@pytest.mark.usefixtures("the_library")
def test_a_count_above_zero_fails_whatever_its_entity_and_severity() -> None:
    checks = [CHECK, replace(CHECK, name="nobody_is_even", severity="fail"), replace(CHECK, name="no_unit_is_odd", entity="org_unit")]
    passed = suite.judge(checks, {"nobody_is_odd": 0, "nobody_is_even": 1, "no_unit_is_odd": 70})
    assert passed == {"nobody_is_odd": True, "nobody_is_even": False, "no_unit_is_odd": False}


@pytest.mark.parametrize("step", [2, 3])
def test_the_library_judges_every_check_as_the_tests_do_without_it(step: int) -> None:
    violations = {check.name: 0 if place % step else 1 + place**3 for place, check in enumerate(CHECKS)}
    assert library_judge(CHECKS, violations) == plain_judge(CHECKS, violations)


def test_only_a_count_that_is_new_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []

    def judge(checks: Sequence[Check], violations: dict[str, int]) -> dict[str, bool]:
        judged.extend(violations[check.name] for check in checks)
        return {check.name: not violations[check.name] for check in checks}

    monkeypatch.setattr(suite, "judge", judge)
    with duckdb.connect(":memory:") as memory:
        memory.execute("CREATE SCHEMA core; CREATE SCHEMA canonical; CREATE TABLE canonical.account (source VARCHAR, odd INTEGER)")
        memory.execute("INSERT INTO canonical.account VALUES ('s', 0)")
        memory.execute("CREATE TABLE canonical.delivered (source VARCHAR, entity VARCHAR, column_name VARCHAR, from_on DATE, to_on DATE)")
        memory.execute("INSERT INTO canonical.delivered VALUES ('s', 'account', 'odd', today(), today())")

        def verdict() -> tuple[str, int]:
            found = suite.run_checks(memory, [CHECK])
            describe_run(memory, [], found)
            return found[0].outcome, found[0].violations

        assert [verdict(), verdict()] == [("passed", 0)] * 2
        memory.execute("INSERT INTO canonical.account VALUES ('s', 2)")
        assert [verdict(), verdict()] == [("failed", 2)] * 2
        memory.execute("DELETE FROM canonical.account WHERE odd > 0")
        assert verdict() == ("passed", 0)
    assert judged == [0, 2, 0]
