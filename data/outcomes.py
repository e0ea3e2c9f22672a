"""What can come of a check, of data or of figures: one word, and one count of words, wherever checks are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum


class Outcome(StrEnum):
    """In the order in which they are told: what failed stands first."""

    FAILED = "failed"
    PASSED = "passed"
    NOTHING = "nothing"
    """There was not a row to check: so nothing was passed either."""
    NOT_DELIVERED = "not_delivered"
    """No source delivers what the check looks at."""


def outcome_counts(outcomes: Iterable[Outcome]) -> dict[Outcome, int]:
    """How many checks came to each outcome, all four in order."""
    found = Counter(outcomes)
    return {outcome: found[outcome] for outcome in Outcome}
