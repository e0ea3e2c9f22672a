"""The interface described for programs (OpenAPI 3.1), made of the same declarations that answer: what is not answered is not described."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from dashboard.api.formats import FORMATS
from dashboard.api.problems import PROBLEM, TITLES
from dashboard.api.question import BY, PEERS, TREES
from dashboard.api.resources import RESOURCES, Resource
from data.language import LANGUAGES
from metrics.periods import PRESETS
from metrics.query.metric_values import COLUMNS

PARAMETERS: dict[str, tuple[dict[str, Any], str]] = {
    "metric": ({"type": "array", "items": {"type": "string"}}, "Names of metrics, with commas between; all that are delivered where none is."),
    "from": ({"type": "string", "format": "date"}, "First day; the first of the data where it is left out."),
    "to": ({"type": "string", "format": "date"}, "Last day, which counts; the last of the data where it is left out."),
    "period": ({"type": "string", "enum": [preset.name for preset in PRESETS]}, "A usual period, in place of `from`: the one in which `to` lies."),
    "unit": ({"type": "string"}, "Code of a unit, with all below it. A unit's token means its own unit where this is left out, others the whole."),
    "group": ({"type": "integer"}, "Number of a group of units."),
    "tree": ({"type": "string", "enum": list(TREES)}, "Units as they were (the usual), restated on today's tree, or without change alone."),
    "by": ({"type": "string", "enum": list(BY)}, f"What figures are listed by; `{PEERS}`: all units side by side, small ones hidden."),
    "format": ({"type": "string", "enum": [one.name for one in FORMATS]}, "Form of the answer, whatever the header Accept says."),
    "language": ({"type": "string", "enum": list(LANGUAGES)}, "Of labels and sentences."),
}  # fmt: skip
OF_FIGURES = {
    "quality": "Coverage and what the figure can bear, in words.",
    "is_hidden": "Whether counts are left out because they would tell of few people.",
    "snapshot": "Name of the snapshot that was counted.",
    "snapshot_hash": "SHA-256 of its content: equal hashes mean equal figures.",
    "covered_from": "First day that the data speak of within the period.",
    "numerator": "Null where the data do not speak of the period: unknown, and not zero.",
    "denominator": "Null of counts and durations.",
    "value": "The ratio from 0 to 1, the count, or the days; null without activity (denominator 0) and without data.",
}
KINDS: Mapping[Any, dict[str, Any]] = {
    pl.String: {"type": ["string", "null"]},
    pl.Date: {"type": ["string", "null"], "format": "date"},
    pl.Int64: {"type": ["integer", "null"]},
    pl.Float64: {"type": ["number", "null"]},
    pl.Boolean: {"type": ["boolean", "null"]},
}
REFUSED = (400, 401, 403, 406, 413, 422, 429, 500, 503)


@cache
def description() -> dict[str, Any]:
    """The whole document, ready for JSON; nobody changes it."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "vanban: figures for other programs", "version": "1", "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": {f"/api/v1/{name}": {"get": _operation(name, one)} for name, one in RESOURCES.items()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "`vanban people token create` makes one."}},
            "schemas": {"figure": _figure(), "problem": _problem()},
        },
    }


def _operation(name: str, resource: Resource) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": resource.says,
        "parameters": [_parameter(one) for one in PARAMETERS if one in resource.parameters],
        "responses": {
            "200": {
                "description": "Rows, with the snapshot that they are of",
                "headers": {"ETag": {"schema": {"type": "string"}, "description": "Send it as If-None-Match: 304 says that nothing changed."}},
                "content": {one.media_type.partition(";")[0]: {"schema": _rows(name) if one.name == "json" else {}} for one in FORMATS},
            },
            "304": {"description": "What you have is still good"},
            **{str(status): _refusal(status) for status in REFUSED},
        },
    }


def _parameter(name: str) -> dict[str, Any]:
    schema, says = PARAMETERS[name]
    several = {"style": "form", "explode": True} if schema["type"] == "array" else {}
    return {"name": name, "in": "query", "required": False, "schema": schema, "description": says, **several}


def _rows(name: str) -> dict[str, Any]:
    about = {"snapshot": {"type": "string"}, "snapshot_hash": {"type": "string"}, "cutoff_on": {"type": "string", "format": "date"}}
    row = {"$ref": "#/components/schemas/figure"} if name == "values" else {"type": "object"}
    properties = {**about, "is_synthetic": {"type": "boolean"}, "rows": {"type": "array", "items": row}}
    return {"type": "object", "required": list(properties), "properties": properties}


def _figure() -> dict[str, Any]:
    columns = {**COLUMNS, "is_hidden": pl.Boolean, "quality": pl.String, "snapshot_hash": pl.String}
    told = {name: {**KINDS[kind], **({"description": OF_FIGURES[name]} if name in OF_FIGURES else {})} for name, kind in columns.items()}
    only_of_some = {"unit_name": KINDS[pl.String], "is_whole_part": KINDS[pl.Boolean]}
    return {"type": "object", "required": list(told), "properties": {**told, **only_of_some}, "additionalProperties": False}


def _problem() -> dict[str, Any]:
    properties = {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "detail": {"type": "string"}}
    return {"type": "object", "required": list(properties), "properties": properties}


def _refusal(status: int) -> dict[str, Any]:
    return {"description": TITLES[status], "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}}}
