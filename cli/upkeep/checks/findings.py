"""All checks: those of other machines side by side, so that one that does not answer holds up no other."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooLate
from dataclasses import dataclass
from functools import partial
from typing import Literal

from data.errors import VanbanError
from data.paths import Home

Outcome = Literal["ok", "look at", "mend"]
Check = Callable[[Home], tuple[Outcome, str]]
LONGEST_S = 4.0
"""What has not answered by then is told as such."""


@dataclass(frozen=True)
class Finding:
    """What one check found; `text` says what to do where all is not well."""

    check: str
    outcome: Outcome
    text: str


def examine(home: Home) -> list[Finding]:
    """One finding per check; never raises for what a check finds."""
    from cli.upkeep.checks import services

    found = examine_locally(home)
    pool = ThreadPoolExecutor(len(services.CHECKS))
    answers = {name: pool.submit(check, home) for name, check in services.CHECKS.items()}
    found += [_finding(name, partial(answer.result, timeout=LONGEST_S)) for name, answer in answers.items()]
    pool.shutdown(wait=False, cancel_futures=True)
    return found


def examine_locally(home: Home) -> list[Finding]:
    """The findings of those checks that ask no other machine."""
    from cli.upkeep.checks import files, machine

    return [_finding(name, partial(check, home)) for name, check in {**machine.CHECKS, **files.CHECKS}.items()]


def _finding(name: str, ask: Callable[[], tuple[Outcome, str]]) -> Finding:
    try:
        return Finding(name, *ask())
    except TooLate:
        return Finding(name, "look at", f"No answer within {LONGEST_S:.0f} s. Is what it asks up, and near?")
    except VanbanError as error:
        return Finding(name, "mend", str(error))
    except OSError as error:
        return Finding(name, "mend", f"{error.filename or ''} {error.strerror or error}".strip() + ". Mend that file or its rights.")
