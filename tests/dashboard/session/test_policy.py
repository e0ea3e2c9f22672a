from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard.session.policy import DEMO_VIEWER, Viewer, may

JULY = (date(2024, 7, 1), date(2024, 7, 31))
UNIT = Viewer("unit", frozenset({"T22", "H1"}))


@pytest.mark.parametrize(
    ("viewer", "action", "unit_code", "grain", "is_allowed"),
    [
        (Viewer("leader"), "read", None, "aggregate", True),
        (Viewer("leader"), "read", "T22", "aggregate", True),
        (Viewer("leader"), "read", "T22", "account", False),
        (Viewer("leader"), "read", "T22", "document", False),
        (Viewer("leader"), "read", None, "document", False),
        (Viewer("statistics"), "read", "T22", "account", True),
        (UNIT, "read", "T22", "account", True),
        (UNIT, "read", "H1", "document", True),
        (UNIT, "read", "T01", "account", False),
        (UNIT, "read", None, "account", False),
        (Viewer("admin"), "read", "T22", "account", False),
        (UNIT, "read", "T22", "name", False),
        (Viewer("leader"), "approve", None, "aggregate", False),
        (Viewer("statistics"), "export", None, "aggregate", True),
        (UNIT, "read", "T22", "aggregate", True),
        (UNIT, "read", "H1", "aggregate", True),
        (UNIT, "read", "T01", "aggregate", False),
        (UNIT, "read", None, "aggregate", False),
        (Viewer("unit"), "read", "T22", "aggregate", False),
        (Viewer("admin"), "read", None, "aggregate", False),
        (Viewer("guest"), "read", None, "aggregate", False),  # type: ignore[arg-type]
        (DEMO_VIEWER, "read", None, "aggregate", True),
    ],
)
def test_policy(viewer: Viewer, action: Any, unit_code: str | None, grain: Any, is_allowed: bool) -> None:
    assert may(viewer, action, unit_code, JULY, grain) is is_allowed


def test_a_period_that_ends_before_it_begins_is_denied() -> None:
    assert not may(Viewer("leader"), "read", None, (JULY[1], JULY[0]), "aggregate")


def test_viewers_share_a_cache_only_where_they_see_the_same() -> None:
    assert Viewer("unit", frozenset({"A"})).scope_key != Viewer("unit", frozenset({"B"})).scope_key
    assert Viewer("unit", frozenset({"A", "B"})).scope_key == Viewer("unit", frozenset({"B", "A"})).scope_key
    assert Viewer("leader").scope_key != Viewer("statistics").scope_key
