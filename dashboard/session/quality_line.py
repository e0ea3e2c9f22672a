"""What a figure can bear: one line of its coverage, what is not known yet, small numbers, exposure and revisions, the same wherever it stands.

Coverage, timeliness and revision are the quality dimensions that statistical offices report with each figure (ESS Handbook for Quality and Metadata
Reports, 2021); what is censored is said beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import polars as pl

from dashboard.ui import format as written
from dashboard.ui.format import Language
from dashboard.ui.translations import catalogue
from data.language import in_words
from metrics.catalog import metric
from metrics.model import Duration, Metric
from metrics.periods import Period
from metrics.query.coverage import Coverage, Gap
from metrics.rounding import FEW

YOUNG = timedelta(days=31)
"""So long after the first day of the data, much of what falls due or is completed arrived before it."""
GAPS: dict[Gap, str] = {
    "outside": "gap_outside",
    "not_delivered": "gap_not_delivered",
    "unripe": "gap_unripe",
    "too_short": "gap_too_short",
    "looks_back": "gap_looks_back",
}
EXPOSED = frozenset({"has_logged_in", "has_processed", "has_signed"})
"""What ever more accounts have done, the longer the period is."""
OPEN_YET = frozenset(
    {
        ("registered", "is_processed"),
        ("registered", "is_on_time"),
        ("document", "is_recalled"),
        ("document", "is_axis_acknowledged"),
        ("document", "is_axis_updated"),
        ("axis_sending", "is_acknowledged"),
        ("axis_sending", "is_refused"),
        ("axis_sending", "is_completed"),
        ("due_delivery", "is_completed"),
    }
)
"""What may still become of a row after the day that it counts on."""


def quality_line(one: Metric, coverage: Coverage, cases: int | None, first_on: date, language: Language, restated: str = "") -> str:
    """The line, in plain words.

    coverage: of the figure's window (`metrics.query.coverage`). cases: the denominator of a ratio, how many rows a duration rests on, else None.
    first_on: the first day of the data. restated: how an earlier published report printed it otherwise.
    """
    words = catalogue(language)

    def say(key: str, **values: object) -> str:
        return in_words(words[f"quality_line.{key}"], language).format(**values)

    told: list[str] = []
    if coverage.gap is not None:
        told.append(say(GAPS[coverage.gap]))
    elif coverage.covered is not None:
        covered = coverage.covered
        last = written.day(covered.to_on, language)
        if one.is_state:
            told.append(say("state", day=last))
        elif coverage.is_whole:
            told.append(say("whole", days=covered.days))
        else:
            span = written.span(covered.from_on, covered.to_on, language)
            told.append(say("part", days=covered.days, of=coverage.period.days, span=span, day=last))
        told += [say(key, first=written.day(first_on, language), days=covered.days) for key in _not_known(one, coverage, first_on)]
        if cases is not None and cases < FEW:
            told.append(say("few", cases=written.number(cases, language)))
    if restated:
        told.append(say("restated", text=restated))
    return "; ".join(told)


def quality_lines(frame: pl.DataFrame, coverage_of: Callable[[str, Period, int | None], Coverage], first_on: date, language: Language) -> pl.Series:
    """`quality`: what each row of an answer can bear; of a hidden row nothing that its counts would tell.

    frame: metric, unit_code, period_from, period_to, numerator, denominator. coverage_of: by metric, period, and the pilot group of a row that
    tells one (None: that of the whole answer).
    """
    said: dict[tuple[str, Period, str, int | None], str] = {}
    lines: list[str] = []
    for name, unit_code, from_on, to_on, over, under in frame.select(*_OF_ROW).iter_rows():
        one, days = metric(name), Period(from_on, to_on)
        group = unit_code.removeprefix("group:") if str(unit_code or "").startswith("group:") else ""
        key = (name, days, group, over if isinstance(one, Duration) else under)
        if key not in said:
            said[key] = quality_line(one, coverage_of(name, days, int(group) if group else None), key[3], first_on, language)
        lines.append(said[key])
    return pl.Series("quality", lines, dtype=pl.String)


_OF_ROW = ("metric", "unit_code", "period_from", "period_to", "numerator", "denominator")


def is_exposed(one: Metric) -> bool:
    """Whether the figure grows with the length of its period, so that it compares with none of another length."""
    return one.of in {"account", "account_use"} and any(condition.columns & EXPOSED for condition in one.conditions)


def _not_known(one: Metric, coverage: Coverage, first_on: date) -> list[str]:
    """What the rows cannot tell yet, or not any more."""
    if one.of in {"account_history", "activation"}:
        return ["used_before"]
    found = ["open_yet"] if any((one.of, column) in OPEN_YET for condition in one.conditions for column in condition.columns) else []
    ended = {"due_delivery": ["due"], "completed_delivery": ["completed"]}.get(one.of, [])
    covered = coverage.covered
    is_young = covered is not None and covered.from_on < first_on + YOUNG
    if one.of == "open_delivery" or (ended and is_young):
        ended = [*ended, "arrived_before"]
    found += ended
    return [*found, "exposed"] if is_exposed(one) else found
