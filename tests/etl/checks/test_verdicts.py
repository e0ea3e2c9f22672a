"""A warehouse keeps what the checks came to: a count that was judged is not judged again."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pytest

from etl.checks import suite
from etl.checks.check import Check

CHECK = Check("nobody_is_odd", "account", "warn", "SELECT coalesce(sum(odd), 0) FROM canonical.account", "accounts are odd", "Ask.")


def test_only_a_count_that_is_new_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[int] = []

    def judge(checks: Sequence[Check], counts: dict[str, int]) -> dict[str, bool]:
        judged.extend(counts[check.name] for check in checks)
        return {check.name: not counts[check.name] for check in checks}

    monkeypatch.setattr(suite, "_validate", judge)
    with duckdb.connect(":memory:") as memory:
        memory.execute("CREATE SCHEMA canonical; CREATE TABLE canonical.account (source VARCHAR, odd INTEGER)")

        def verdict() -> tuple[bool, int]:
            (found,) = suite.run_checks(memory, [CHECK])
            return found.is_passed, found.violations

        assert [verdict(), verdict()] == [(True, 0)] * 2
        memory.execute("INSERT INTO canonical.account VALUES ('s', 2)")
        assert [verdict(), verdict()] == [(False, 2)] * 2
        memory.execute("DELETE FROM canonical.account")
        assert verdict() == (True, 0)
    assert judged == [0, 2]
