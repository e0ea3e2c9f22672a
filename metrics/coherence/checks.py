"""CHECKS: what must hold between published figures, as `checks.toml` says it. A failed check stands beside the number, on screen and in print."""

from __future__ import annotations

import itertools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from data.language import Language, in_language
from metrics.catalog import metric
from metrics.coherence.compared_counts import Evidence
from metrics.coherence.findings import OWN_FINDINGS, Finding, Term, never_grows, parts_add_up
from metrics.engines import Snapshot
from metrics.periods import Period
from metrics.tree.scope import Scope

NOTHING_TO_CHECK: dict[Language, str] = {"vi": "Không có dữ liệu để kiểm tra.", "en": "There is nothing to check."}
MORE_UNITS: dict[Language, str] = {"vi": "; và {} đơn vị khác", "en": "; and {} more"}
MOST_NAMED = 5
"""Units that a sentence names; the result lists all of them."""


@dataclass(frozen=True)
class CheckResult:
    """What one check found in one period and scope."""

    name: str
    label: str
    is_passed: bool
    detail: str
    """A sentence with the figures and the names of units."""
    unit_codes: tuple[str, ...]
    """Units in which it fails, in the order of the tree; empty where it passes or fails only as a whole."""
    concerns: tuple[str, ...]
    """Metrics beside which a failure is to be shown."""
    has_data: bool
    """False: nothing was there to check, so nothing was passed either."""
    label_en: str
    detail_en: str


@dataclass(frozen=True, kw_only=True)
class Check:
    """One statement that must hold; the fields are explained at the top of `checks.toml`."""

    name: str
    label: str
    label_en: str
    how: str
    how_en: str
    concerns: tuple[str, ...]
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

    def find(self, evidence: Evidence) -> Finding:
        if self.parts:
            return parts_add_up(evidence, self.parts, self.total)
        return never_grows(evidence, list(self.steps)) if self.steps else OWN_FINDINGS[self.name](evidence)


def _read_checks() -> tuple[Check, ...]:
    tables: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "checks.toml").read_text(encoding="utf-8"))
    lists = ("concerns", "parts")
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


def _result(check: Check, found: Finding, evidence: Evidence) -> CheckResult:
    failing = evidence.in_tree_order(found.unit_codes)
    has_data = found.has_data or bool(failing) or found.is_whole_wrong
    details = [_sentence(check, found, evidence, language) if has_data else NOTHING_TO_CHECK[language] for language in ("vi", "en")]
    return CheckResult(
        name=check.name,
        label=check.label,
        is_passed=not failing and not found.is_whole_wrong,
        detail=details[0],
        unit_codes=failing,
        concerns=check.concerns,
        has_data=has_data,
        label_en=check.label_en,
        detail_en=details[1],
    )


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
    counts = [int(str(found.counts[name])) for name in check.steps]
    signs = ["", *("≥" if less <= more else "<" for more, less in itertools.pairwise(counts))]
    steps = [f"{sign} {words[language]} {_written(count, language)}" for sign, words, count in zip(signs, check.steps.values(), counts, strict=True)]
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
