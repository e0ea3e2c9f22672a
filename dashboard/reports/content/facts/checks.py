"""What is said of a report's figures beside them: coherence checks, where the rows went, and what the units explained."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import polars as pl

from dashboard.follow_up.cases import Case, cases_of
from dashboard.reports.content.facts.sentences import SentencesOfReport
from dashboard.reports.content.request import Explanation
from dashboard.reports.content.text import in_sentence, names_in_a_row
from dashboard.reports.layout.printable_text import printable
from dashboard.session.policy import Viewer
from dashboard.session.queries import AccessDenied, Reader
from dashboard.session.state import Selection
from dashboard.ui.translations import catalogue
from data.language import in_language
from data.outcomes import Outcome
from metrics.catalog import METRICS, metric
from metrics.coherence.checks import CheckResult
from metrics.periods import Period

METRIC_NAMES = frozenset(one.name for one in METRICS)


@dataclass
class ChecksOfReport(SentencesOfReport):
    """Each window is checked once."""

    _checks: dict[Period, list[CheckResult]] = field(default_factory=dict)

    def checks(self, period: Period | None = None) -> list[CheckResult]:
        """The coherence checks on the figures of a window of this report; none where the viewer may not ask."""
        asked = period or self.period
        if asked not in self._checks:
            selection = replace(self.request.selection, from_on=asked.from_on, to_on=asked.to_on)
            try:
                self._checks[asked] = self._checked_with_all(selection) if self.is_per_unit else self.reader.checks(selection)
            except AccessDenied:
                self._checks[asked] = []
        return self._checks[asked]

    def failed_checks(self) -> list[CheckResult]:
        """Those of the period that fail."""
        return [check for check in self.checks() if check.outcome == Outcome.FAILED]

    def failed_check_text(self, check: CheckResult) -> str:
        """A failed check within a sentence: where it fails by name, or by its figures where it fails only as a whole."""
        label = check.label if self.language == "vi" else check.label_en
        words = {"vi": "kiểm tra nhất quán “{}” chưa đạt", "en": "the check “{}” fails"}[self.language].format(label)
        if check.unit_codes:
            where = {"vi": "tại", "en": "at"}[self.language]
            return f"{words} {where} {names_in_a_row([self.name_of(code) for code in check.unit_codes], self.language)}"
        detail = printable(check.detail if self.language == "vi" else check.detail_en).rstrip(".")
        return f"{words} ({in_sentence(detail)})"

    def _checked_with_all(self, selection: Selection) -> list[CheckResult]:
        """What the checks on all units, run once for every unit's report, say of the units of this one; nothing of any other."""
        whole = Reader(Viewer("statistics"), self.reader.path).checks(replace(selection, unit_code=None, population="all"))
        results = []
        for check in whole:
            own = tuple(code for code in check.unit_codes if code in self.units)
            outcome = Outcome.FAILED if own else Outcome.PASSED if check.outcome == Outcome.FAILED else check.outcome
            results.append(replace(check, outcome=outcome, unit_codes=own, detail=", ".join(map(self.name_of, own))))
        return results

    def accounting(self) -> pl.DataFrame | None:
        """Where the rows of the sources went (`metrics.query.snapshot_quality.accounting`); None where the viewer may not know."""
        try:
            return self.reader.making().accounting
        except AccessDenied:
            return None

    def failed_of(self, name: str, unit: str | None, period: Period) -> tuple[str, ...]:
        """Names of the failed checks that concern a figure; windows beside the report's own two are not checked."""
        if period not in (self.period, self.flow):
            return ()
        failed = [check for check in self.checks(period) if check.outcome == Outcome.FAILED and name in check.concerns]
        if unit is None or unit == self.request.unit_code:
            return tuple(check.name for check in failed)
        below = self.tree.below(unit)
        return tuple(check.name for check in failed if below & set(check.unit_codes))

    def cases(self) -> list[Case]:
        """Follow-up cases of the period, of units of this report: open ones first, those due first before others."""
        return cases_of(self.inputs.cases, self.period, self.units)

    def case_about(self, case: Case) -> str:
        """What a case is of: its figure and what was found in it."""
        words = catalogue(self.language)
        found = words[f"entries.choice_finding_{case.found}"] if case.found else ""
        label = in_language(metric(case.metric), "label", self.language) if case.metric in METRIC_NAMES else ""
        return ": ".join(filter(None, (label, found))) or words["entries.kind_case"]

    def explanations(self) -> list[Explanation]:
        """Those that speak of days of the period, of units of this report, in tree order."""
        order = {code: place for place, code in enumerate(self.tree.units)}
        found = [
            one
            for one in self.inputs.explanations
            if one.unit_code in self.units and one.from_on <= self.period.to_on and one.to_on >= self.period.from_on
        ]
        return sorted(found, key=lambda one: (order[one.unit_code], one.from_on, one.subject))
