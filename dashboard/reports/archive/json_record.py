"""Requests, inputs and figures as JSON values and back: what the ledger keeps, and what a figures file says."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from dashboard.ledger import Record
from dashboard.reports.content.blocks import Figure, Gap, Report
from dashboard.reports.content.request import Inputs, Request


def record_of(request: Request, inputs: Inputs, figures: tuple[Figure, ...] = ()) -> Record:
    """What the ledger keeps of a report."""
    return Record(_as_json(asdict(request)), _as_json(asdict(inputs)), [figure_values(figure) for figure in figures])


def request_of(values: dict[str, Any]) -> Request:
    """The request that `record_of` wrote down."""
    request: Request = _from_json(Request, values)
    return request


def inputs_of(values: dict[str, Any]) -> Inputs:
    """The inputs that `record_of` wrote down."""
    inputs: Inputs = _from_json(Inputs, values)
    return inputs


def figure_values(figure: Figure) -> dict[str, Any]:
    """A figure with all that is needed to compute it again."""
    return _as_json(asdict(figure))


def figure_of(values: dict[str, Any]) -> Figure:
    """The figure that `figure_values` wrote down."""
    figure: Figure = _from_json(Figure, values)
    return figure


def gap_of(values: dict[str, Any]) -> Gap:
    """The gap that a figures file lists."""
    gap: Gap = _from_json(Gap, values)
    return gap


def figures_file(report: Report) -> dict[str, Any]:
    """Everything that a report states, for machines and for whoever doubts a number: provenance, then each figure."""
    provenance = report.provenance
    known = {"report": provenance.report, "title": report.title, "language": report.language} | _as_json(asdict(provenance))
    gaps = [asdict(gap) for gap in report.gaps]
    return known | {"parameters": dict(provenance.parameters), "gaps": gaps, "figures": [figure_values(figure) for figure in report.figures]}


def _from_json(kind: Any, value: Any) -> Any:
    """A value of that type as `_as_json` wrote it; what a dataclass does not know any more is left out."""
    if isinstance(kind, UnionType):
        return None if value is None else _from_json(next(one for one in get_args(kind) if one is not NoneType), value)
    if is_dataclass(kind):
        types = _types_of(kind)  # type: ignore[arg-type]
        return kind(**{name: _from_json(types[name], one) for name, one in value.items() if name in types})  # type: ignore[operator]
    if get_origin(kind) is tuple:
        items = get_args(kind)
        return tuple(_from_json(items[0] if items[-1] is Ellipsis else items[place], one) for place, one in enumerate(value))
    return kind.fromisoformat(value) if kind in (date, datetime) else value


@cache
def _types_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Dates as ISO text, tuples as lists: what JSON has."""

    def value(one: Any) -> Any:
        if isinstance(one, dict):
            return _as_json(one)
        if isinstance(one, list | tuple):
            return [value(item) for item in one]
        return one.isoformat() if isinstance(one, date) else one

    return {key: value(one) for key, one in values.items()}
