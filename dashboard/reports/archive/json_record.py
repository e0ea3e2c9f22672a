"""Requests, inputs and figures as JSON values and back: what the ledger keeps, and what a figures file says."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date
from typing import Any

from dashboard.ledger import Record
from dashboard.reports.content.blocks import Figure, Report
from dashboard.reports.content.request import Explanation, Inputs, Request, Restated
from dashboard.reports.content.settings import ReportSettings
from metrics.periods import Period


def record_of(request: Request, inputs: Inputs, figures: tuple[Figure, ...] = ()) -> Record:
    """What the ledger keeps of a report."""
    return Record(_as_json(asdict(request)), _as_json(asdict(inputs)), [figure_values(figure) for figure in figures])


def request_of(values: dict[str, Any]) -> Request:
    """The request that `record_of` wrote down."""
    return Request(
        **{
            **values,
            "period": _period(values["period"]),
            "flow": _period(values["flow"]) if values["flow"] else None,
            "dated_on": date.fromisoformat(values["dated_on"]) if values["dated_on"] else None,
            "without": tuple(values.get("without", ())),
        }
    )


def inputs_of(values: dict[str, Any]) -> Inputs:
    """The inputs that `record_of` wrote down."""
    settings: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values["settings"].items()}
    return Inputs(
        organisation=values["organisation"],
        settings=ReportSettings(**settings),
        targets=tuple((metric, unit, level, date.fromisoformat(from_on), target) for metric, unit, level, from_on, target in values["targets"]),
        explanations=tuple(
            Explanation(**{**one, "from_on": date.fromisoformat(one["from_on"]), "to_on": date.fromisoformat(one["to_on"])})
            for one in values["explanations"]
        ),
        restated=tuple(Restated(**one) for one in values["restated"]),
        compared_with=values["compared_with"],
        peers=values["peers"],
        smallest=values["smallest"],
        edits=tuple((key, text) for key, text in values["edits"]),
    )


def figure_values(figure: Figure) -> dict[str, Any]:
    """A figure with all that is needed to compute it again."""
    return _as_json(asdict(figure))


def figure_of(values: dict[str, Any]) -> Figure:
    """The figure that `figure_values` wrote down."""
    known = {one.name: values[one.name] for one in fields(Figure)}
    known |= {day: date.fromisoformat(values[day]) for day in ("period_from", "period_to")}
    return Figure(**{**known, "failed_checks": tuple(values["failed_checks"])})


def figures_file(report: Report) -> dict[str, Any]:
    """Everything that a report states, for machines and for whoever doubts a number: provenance, then each figure."""
    provenance = report.provenance
    known = {"report": provenance.report, "title": report.title, "language": report.language} | _as_json(asdict(provenance))
    return known | {"parameters": dict(provenance.parameters), "figures": [figure_values(figure) for figure in report.figures]}


def _period(values: dict[str, str]) -> Period:
    return Period(date.fromisoformat(values["from_on"]), date.fromisoformat(values["to_on"]))


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Dates as ISO text, tuples as lists: what JSON has."""

    def value(one: Any) -> Any:
        if isinstance(one, dict):
            return _as_json(one)
        if isinstance(one, list | tuple):
            return [value(item) for item in one]
        return one.isoformat() if isinstance(one, date) else one

    return {key: value(one) for key, one in values.items()}
