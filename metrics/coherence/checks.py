"""CHECKS: what must hold between published figures, as `checks.toml` says it. A failed check stands beside the number, on screen and in print."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.language import Language, in_language
from data.outcomes import Outcome
from metrics.catalog import metric
from metrics.coherence.compared_counts import Evidence
from metrics.coherence.findings import OWN_FINDINGS, Finding, Term, never_grows, parts_add_up
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope

NOTHING_SAID: dict[Outcome, dict[Language, str]] = {
    Outcome.NOTHING: {"vi": "Không có gì để kiểm tra.", "en": "There is nothing to check."},
    Outcome.NOT_DELIVERED: {"vi": "Chưa có số liệu để kiểm tra.", "en": "What it checks was not delivered."},
}
MORE_UNITS: dict[Language, str] = {"vi": "; và {} đơn vị khác", "en": "; and {} more"}
MOST_NAMED = 5
"""Units that a sentence names; the result lists all of them."""


@dataclass(frozen=True)
class CheckResult:
    """What one check found in one period and scope."""

    name: str
    label: str
    outcome: Outcome
    detail: str
    """A sentence with the figures and the names of units."""
    unit_codes: tuple[str, ...]
    """Units in which it fails, in the order of the tree; empty where it does not, or fails only as a whole."""
    concerns: tuple[str, ...]
    """Metrics beside which a failure is to be shown."""
    label_en: str
    detail_en: str

    def is_told(self, known: Set[str]) -> bool:
        """Whether it is listed where these metrics are known at all: what concerns others and found nothing is only counted."""
        return self.outcome != Outcome.NOT_DELIVERED or known >= set(self.concerns)


@dataclass(frozen=True, kw_only=True)
class Check:
    """One statement that must hold; the fields are explained at the top of `checks.toml`."""

    name: str
    label: str
    label_en: str
    how: str
    how_en: str
    concerns: tuple[str, ...]
    needs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    total: str = ""
    steps: Mapping[str, Mapping[Language, str]] = field(default_factory=dict)
    said: str = ""
    said_en: str = ""
    where: str = "Sai ở"
    where_en: str = "Wrong in"
    outside: str = ""
    outside_en: str = ""
    unplaced: str = ""
    unplaced_en: str = ""
    shared: str = ""
    shared_en: str = ""

    def find(self, evidence: Evidence) -> Finding | None:
        """What it finds; None where what it compares was not delivered."""
        if not all(evidence.is_known(name) for name in self.needs):
            return None
        if self.parts:
            return parts_add_up(evidence, self.parts, self.total)
        steps = [name for name in self.steps if evidence.is_known(name)]
        if self.steps:
            return never_grows(evidence, steps) if len(steps) > 1 else None
        return OWN_FINDINGS[self.name](evidence)


def _read_checks() -> tuple[Check, ...]:
    tables: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "checks.toml").read_text(encoding="utf-8"))
    lists = ("concerns", "needs", "parts")
    checks = tuple(Check(name=name, **table | {key: tuple(table.get(key, ())) for key in lists}) for name, table in tables.items())
    for check in checks:
        if not (check.parts or check.steps or check.name in OWN_FINDINGS):
            raise ValueError(f"checks.toml: {check.name} has no parts, no steps, and no function of its name in findings.py.")
    return checks


CHECKS: tuple[Check, ...] = _read_checks()


def run_checks(snapshot: Snapshot, period: Period, scope: Scope | None = None) -> list[CheckResult]:
    """Every check of CHECKS, in its order, on the tree of the scope; raises ConfigurationError for an unknown unit or group."""
    evidence = Evidence(snapshot, period, scope or Scope())
    return [_result(check, check.find(evidence), evidence) for check in CHECKS]


def _result(check: Check, found: Finding | None, evidence: Evidence) -> CheckResult:
    if found is None:
        return _told(check, Outcome.NOT_DELIVERED)
    failing = evidence.in_tree_order(found.unit_codes)
    outcome = Outcome.FAILED if failing or found.is_whole_wrong else Outcome.PASSED if found.has_data else Outcome.NOTHING
    if outcome == Outcome.NOTHING:
        return _told(check, outcome)
    return CheckResult(
        name=check.name,
        label=check.label,
        outcome=outcome,
        detail=_sentence(check, found, evidence, "vi"),
        unit_codes=failing,
        concerns=check.concerns,
        label_en=check.label_en,
        detail_en=_sentence(check, found, evidence, "en"),
    )


def _told(check: Check, outcome: Outcome) -> CheckResult:
    """That there was nothing to check, or nothing delivered."""
    said = NOTHING_SAID[outcome]
    return CheckResult(check.name, check.label, outcome, said["vi"], (), check.concerns, check.label_en, said["en"])


def _sentence(check: Check, found: Finding, evidence: Evidence, language: Language) -> str:
    """What was found, and a sentence that names the failing units; rows in no unit, and what fails, stand in place of what would be right."""
    said = in_language(check, "said", language).format(**{name: _written(count, language) for name, count in found.counts.items()})
    if check.steps:
        said = _steps(check, found, language)
    failing = [" ".join(filter(None, (evidence.name(code), _written(found.compared.get(code, ()), language)))) for code in found.unit_codes]
    where = f"{in_language(check, 'where', language)} {_first_few(failing, language)}" if failing else ""
    if not check.outside:
        return f"{said} {where}".strip()
    listed = {"outside": found.outside, "unplaced": found.unplaced}
    told = {
        words: f"{in_language(check, words, language)} "
        + "; ".join(f"{in_language(metric(name), 'label', language)}: {_written(count, language)}" for name, count in counts.items())
        + "."
        for words, counts in listed.items()
        if counts
    }
    first = [told["outside"]] if found.outside else []
    beside = [*([told["unplaced"]] if found.unplaced else []), *([in_language(check, "shared", language)] if found.are_units_shared else [])]
    return " ".join([*([*first, *([where] if where else [])] or [said]), *beside])


def _steps(check: Check, found: Finding, language: Language) -> str:
    """`Văn bản đi 3 ≥ có ký số 2 < ký số đủ 3.`"""
    counted = {name: words for name, words in check.steps.items() if name in found.counts}
    counts = [int(str(found.counts[name])) for name in counted]
    signs = ["", *("≥" if less <= more else "<" for more, less in itertools.pairwise(counts))]
    steps = [f"{sign} {words[language]} {_written(count, language)}" for sign, words, count in zip(signs, counted.values(), counts, strict=True)]
    text = " ".join(steps).strip()
    return f"{text[0].upper()}{text[1:]}."


def _first_few(names: Sequence[str], language: Language) -> str:
    """The first few, how many more there are, and a full stop."""
    rest = len(names) - MOST_NAMED
    return "; ".join(names[:MOST_NAMED]) + (MORE_UNITS[language].format(rest) if rest > 0 else "") + "."


def _written(term: Term | tuple[Term, ...], language: Language) -> str:
    if isinstance(term, tuple):
        return " ".join(_written(one, language) for one in term)
    if isinstance(term, str):
        return term
    return f"{term:,}".replace(",", ".") if language == "vi" else f"{term:,}"
