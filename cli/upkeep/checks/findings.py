"""All checks: those of other machines side by side, so that one that does not answer holds up neither another nor the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
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

    began = time.monotonic()
    answers = {name: _asked(check, home) for name, check in services.CHECKS.items()}
    found = examine_locally(home)
    until = max(began + LONGEST_S, time.monotonic() + LONGEST_S / 2)  # also where this machine has so much to do that its own checks took long
    return found + [_finding(name, partial(_answer, answer, until)) for name, answer in answers.items()]


def examine_locally(home: Home) -> list[Finding]:
    """The findings of those checks that ask no other machine."""
    from cli.upkeep.checks import files, machine

    return [_finding(name, partial(check, home)) for name, check in {**machine.CHECKS, **files.CHECKS}.items()]


def _asked(check: Check, home: Home) -> Future[tuple[Outcome, str]]:
    """Asks in a thread that the program does not wait for when it ends: a database that is silent is waited for by its driver for minutes."""
    answer: Future[tuple[Outcome, str]] = Future()

    def ask() -> None:
        try:
            answer.set_result(check(home))
        except Exception as error:  # the one who asks raises it
            answer.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    return answer


def _answer(asked: Future[tuple[Outcome, str]], until: float) -> tuple[Outcome, str]:
    return asked.result(max(0.0, until - time.monotonic()))


def _finding(name: str, ask: Callable[[], tuple[Outcome, str]]) -> Finding:
    try:
        return Finding(name, *ask())
    except TooLate:
        return Finding(name, "look at", f"No answer within {LONGEST_S:.0f} s. Is what it asks up, and near?")
    except VanbanError as error:
        return Finding(name, "mend", str(error))
    except OSError as error:
        return Finding(name, "mend", f"{error.filename or ''} {error.strerror or error}".strip() + ". Mend that file or its rights.")
