"""What there is to ask for: the catalogue of metrics, the units, the usual periods, and the figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from dashboard.api.caller import Caller
from dashboard.api.formats import Answer
from dashboard.api.problems import Problem
from dashboard.api.question import OF_EVERY_ADDRESS, OF_VALUES, PEERS, Question, language_of, read_question
from dashboard.session import policy
from dashboard.session.quality_line import quality_lines
from dashboard.session.queries import Reader
from dashboard.session.state import Selection, population_of_group
from metrics.catalog import METRICS, metric
from metrics.periods import PRESETS, Period
from metrics.query.coverage import Coverage
from metrics.query.told_rows import told_rows
from metrics.query.why import dictionary

MOST_ROWS = 200_000
Query = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Resource:
    """One address below /api/v1."""

    answer: Callable[[Caller, Query], Answer]
    parameters: Collection[str]
    says: str
    """What it tells, for the description of the interface."""
    has_figures: bool = False
    """Whether each answer is written down before it goes out."""


def metrics(caller: Caller, query: Query) -> Answer:
    """Every metric that the sources deliver, as declared."""
    _require(caller, None, Period(caller.reader.info.first_on, caller.reader.info.first_on), "read", "definition")
    found = dictionary(language_of(query))
    return _answer(caller.reader, found.filter(pl.col("metric").is_in(caller.reader.known_metrics())))


def units(caller: Caller, query: Query) -> Answer:
    """Every unit by code and name: within the organisation they are no secret."""
    columns = ("unit_code", "parent_code", "name", "short_name", "level", "province_code", "pilot_group", "valid_from", "valid_to", "depth")
    return _answer(caller.reader, caller.reader.units().select(columns))


def periods(caller: Caller, query: Query) -> Answer:
    """The usual periods in which the last day of the data lies, and the days that the data speak of at all (`data`)."""
    info, is_english = caller.reader.info, language_of(query) == "en"
    rows = [("data", "All data" if is_english else "Mọi số liệu", info.first_on, info.cutoff_on)]
    for preset in PRESETS:
        period = preset.of(info.cutoff_on)
        rows.append((preset.name, preset.label_en if is_english else preset.label, period.from_on, period.to_on))
    schema = {"period": pl.String, "label": pl.String, "from": pl.Date, "to": pl.Date}
    return _answer(caller.reader, pl.DataFrame(rows, schema=schema, orient="row"))


def values(caller: Caller, query: Query) -> Answer:
    """Figures: the very answer of `vanban metrics` as far as the token may see it, with what each can bear."""
    asked, language, reader = read_question(query), language_of(query), caller.reader
    known = reader.known_metrics()
    names = _names(asked, known)
    period = asked.period(reader.info.first_on, reader.info.cutoff_on)
    selection = _selection(caller, asked, period)
    if asked.by == PEERS:
        frame = told_rows(reader.compared(names, selection), names, "unit", language, reader.units())
    else:
        _require(caller, selection.unit_code, period, "export", "aggregate")
        frame = reader.values(names, selection, by=asked.by)
        frame = told_rows(frame, names, asked.by, language, reader.units()).with_columns(is_hidden=pl.lit(value=False))
    if frame.height > MOST_ROWS:
        raise Problem(413, f"The answer would have {frame.height:,} rows, and {MOST_ROWS:,} is the most. Ask for fewer metrics, days or units.")

    def coverage_of(name: str, days: Period, group: int | None) -> Coverage:
        return reader.coverage(name, selection if group is None else replace(selection, population=population_of_group(group)), days)

    quality = quality_lines(frame, coverage_of, reader.info.first_on, language)
    return _answer(reader, frame.with_columns(quality, snapshot_hash=pl.lit(reader.info.content_hash)))


RESOURCES: dict[str, Resource] = {
    "metrics": Resource(metrics, OF_EVERY_ADDRESS, "The catalogue: every metric with its definition"),
    "units": Resource(units, OF_EVERY_ADDRESS, "Every unit that ever was, parents before their children"),
    "periods": Resource(periods, OF_EVERY_ADDRESS, "The usual periods around the last day of the data"),
    "values": Resource(values, OF_VALUES, "Figures of metrics, a period and units", has_figures=True),
}


def _answer(reader: Reader, rows: pl.DataFrame) -> Answer:
    info = reader.info
    about: dict[str, Any] = {
        "snapshot": info.snapshot,
        "snapshot_hash": info.content_hash,
        "cutoff_on": info.cutoff_on.isoformat(),
        "is_synthetic": info.is_synthetic,
    }
    return Answer(about, rows)


def _require(caller: Caller, unit_code: str | None, period: Period, action: policy.Action, grain: policy.Grain) -> None:
    if not policy.may(caller.reader.viewer, action, unit_code, (period.from_on, period.to_on), grain):
        whose = "the whole organisation" if unit_code is None else f"the unit {unit_code}"
        raise Problem(403, f"This token may not take figures of {whose} away. Ask for its own unit, or use a token of another role.")


def _names(asked: Question, known: Collection[str]) -> tuple[str, ...]:
    """The metrics asked for; all that the sources deliver where none is named. Raises ConfigurationError with the closest for a wrong name."""
    for name in asked.metrics:
        metric(name)
    return asked.metrics or tuple(one.name for one in METRICS if one.name in known) or tuple(one.name for one in METRICS)


def _selection(caller: Caller, asked: Question, period: Period) -> Selection:
    """The view that is meant; a unit's token that names no unit means its own, as a page's address does."""
    if asked.unit_code is not None and asked.unit_code not in caller.tree.units:
        raise Problem(400, f"There is no unit with the code {asked.unit_code!r}. /api/v1/units lists them.")
    groups = set(caller.reader.groups()["pilot_group"])
    if asked.group is not None and asked.group not in groups:
        raise Problem(400, f"There is no group {asked.group}. Groups are: {', '.join(map(str, sorted(groups))) or 'none'}.")
    is_of_all = asked.by == PEERS
    unit_code = None if is_of_all else asked.unit_code or caller.reader.viewer.home_unit
    tree = "as_is" if is_of_all else asked.tree or "as_was"
    return Selection(unit_code, period.from_on, period.to_on, population_of_group(asked.group), tree=tree)
