"""The gate before a report is approved: each of its gaps is answered in writing, and the answers stand in the ledger with the approval."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from dashboard.ledger import Ledger
from dashboard.reports.archive.json_record import gap_of, inputs_of, request_of
from dashboard.reports.archive.pinning import FIGURES, build_now
from dashboard.reports.content.blocks import Gap
from dashboard.typed_text import checked_text
from dashboard.ui.translations import catalogue
from data.errors import ConfigurationError
from data.language import Language
from data.paths import Home
from data.snapshot import OtherSchema

LONGEST_ANSWER = 300


def gaps_of_pin(home: Home, pin_id: int) -> tuple[Gap, ...]:
    """What a pinned report lacks, as its figures file says; one that was pinned before these were told is built anew from its snapshot.

    Where that is of an earlier version of the program, what the report lacks cannot be found out: that is its gap.
    """
    with Ledger(home) as ledger:
        pin = ledger.pin_of(pin_id)
        told = json.loads(ledger.file(pin_id, FIGURES)) if FIGURES in pin.files else {}
        if "gaps" in told:
            return tuple(map(gap_of, told["gaps"]))
        record = ledger.record(pin_id)
    try:
        return build_now(home, request_of(record.request), inputs_of(record.inputs), pin.snapshot or None).gaps
    except OtherSchema:
        return (Gap("untold"),)


def gap_text(gap: Gap, language: Language) -> str:
    """What is missing, and what it concerns."""
    return catalogue(language)[f"gap.{gap.name}"] + (f": {gap.about}" if gap.about else "")


def gap_advice(gap: Gap, language: Language) -> str:
    """What to do about it."""
    return catalogue(language)[f"gap.{gap.name}_do"]


def answered(gaps: Sequence[Gap], answers: Mapping[str, str], note: str, language: Language) -> str:
    """The note of an approval: what was noted, then each gap with its answer.

    Raises ConfigurationError for a gap without an answer, an answer to no gap, and text that cannot be kept.
    """
    names = [gap.name for gap in gaps]
    given = {name: checked_text(f"The answer to {name}", text, LONGEST_ANSWER) for name, text in answers.items()}
    strangers = sorted(set(given) - set(names))
    if strangers:
        raise ConfigurationError(f"Nothing called {strangers[0]!r} is missing from this report. Missing: {', '.join(names) or 'nothing'}.")
    open_ones = [gap for gap in gaps if not given.get(gap.name)]
    if open_ones:
        listed = "".join(f"\n- {gap.name}: {gap_text(gap, language)}. {gap_advice(gap, language)}" for gap in open_ones)
        raise ConfigurationError(catalogue(language)["gap.unanswered"] + listed)
    return "\n".join(filter(None, (note.strip(), *(f"{gap.name}: {given[gap.name]}" for gap in gaps))))
