"""What a report lacks before anybody can stand for it: listed by name before it is pinned, and answered in writing before it is approved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dashboard.reports.content.blocks import Block, Figure, Gap, Paragraph
from dashboard.reports.content.by_hand.edits import typed_numbers
from dashboard.reports.content.by_hand.own_words import PASSAGES
from dashboard.reports.content.kinds import ReportKind
from dashboard.reports.content.report_data import ReportData
from dashboard.reports.content.request import Request
from dashboard.reports.content.sections.assessment.tasks import task_rows
from dashboard.reports.content.settings import ReportSettings
from dashboard.reports.content.text import official_time, span
from dashboard.reports.layout.printable_text import printable
from data.outcomes import Outcome

MOST_NAMED = 6


def gaps_of(data: ReportData, kind: ReportKind, blocks: Sequence[Block], figures: Sequence[Figure]) -> tuple[Gap, ...]:
    """The gaps of a report that is made of these blocks and prints these figures, those of the data first."""
    return (*_of_data(data, figures), *_of_checks(data), *_of_edits(blocks, figures), *(_of_form(data, kind) if kind.has_form else ()))


def _of_data(data: ReportData, figures: Sequence[Figure]) -> Iterator[Gap]:
    """Days that the data do not speak of, and what no source delivered."""
    cutoff = official_time(data.info.cutoff_at, data.info.time_zone, data.language)
    if all(figure.numerator is None for figure in figures):
        yield Gap("nothing", f"{span(data.period)}; {cutoff}", is_grave=True)
        return
    if data.asked is not None and data.asked.period != data.period:
        yield Gap("uncovered", f"{span(data.asked.period)}: {span(data.period)}")
    whole = [one for one in figures if one.unit_code == data.request.unit_code and (one.period_from, one.period_to) == data.days]
    partly = [one for one in whole if one.numerator is not None and not data.is_comparable(one)]
    if partly:
        yield Gap("partly", _named(f"{one.label} ({one.coverage_days or 0}/{data.period.days})" for one in partly))
    unknown = [one for one in whole if one.numerator is None]
    if unknown:
        yield Gap("unknown", _named(one.label for one in unknown))


def _of_checks(data: ReportData) -> Iterator[Gap]:
    """Checks that fail, and none that looked at anything."""
    failed = data.failed_checks()
    if failed:
        yield Gap("checks", "; ".join(map(data.failed_check_text, failed)))
    if not any(check.outcome in (Outcome.PASSED, Outcome.FAILED) for check in data.checks()):
        yield Gap("unchecked")


def _of_edits(blocks: Sequence[Block], figures: Sequence[Figure]) -> Iterator[Gap]:
    """Numbers typed by hand that neither the sentence that they replace nor any figure of the report confirms."""
    confirmed = " ".join(figure.text for figure in figures)
    typed = [number for block in blocks if isinstance(block, Paragraph) for number in typed_numbers(block, confirmed)]
    if typed:
        yield Gap("typed", _named(typed))


def gaps_of_head(kind: ReportKind, request: Request, settings: ReportSettings) -> Iterator[Gap]:
    """Number, signer and organ that the form still lacks: known before a figure is computed."""
    if not kind.has_form:
        return
    if request.number is None:
        yield Gap("number")
    if not settings.signer_name:
        yield Gap("signer")
    unnamed = [name for name in ("issuing_organ", "organ_abbreviation", "place") if not getattr(settings, name)]
    if unnamed:
        yield Gap("head", ", ".join(unnamed))


def _of_form(data: ReportData, kind: ReportKind) -> Iterator[Gap]:
    """What a signed document needs beside its figures."""
    settings = data.inputs.settings
    yield from gaps_of_head(kind, data.request, settings)
    own = data.own_words
    missing = [PASSAGES[name] for name in kind.asks_for if name not in own]
    if missing:
        yield Gap("own", "; ".join(missing))
    if not data.explanations() and not any(case.cause for case in data.cases()) and not own.keys() & {"causes_objective", "causes_subjective"}:
        yield Gap("causes")
    strangers = [one.unit_code for one in data.inputs.explanations if one.unit_code not in data.tree.units]
    if strangers:
        yield Gap("strangers", printable(_named(strangers)))
    if "closing" not in own and not settings.addressees:
        yield Gap("closing")
    undated = [row.text for row in task_rows(data) if row.due_on is None]
    if undated:
        yield Gap("deadlines", _named(undated))


def _named(names: Iterable[str]) -> str:
    """The names in a row, the first few where there are many."""
    found = list(dict.fromkeys(names))
    return ", ".join(found[:MOST_NAMED]) + (f", … ({len(found)})" if len(found) > MOST_NAMED else "")
