"""One expectation about an entity, and the shapes that several entities' expectations have."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from etl.contract import ENTITY
from etl.staging.casts import quoted

Severity = Literal["fail", "warn"]


@dataclass(frozen=True)
class Check:
    """A named count of violations that is expected to be zero."""

    name: str
    entity: str
    severity: Severity
    """fail: nothing is published. warn: it is published beside the figures."""
    violations: str
    """A SELECT of one number on `canonical`, 0 where all is well."""
    meaning: str
    """What a violation is, after its count: "units stand above themselves"."""
    remedy: str
    """One sentence on the way out."""
    is_between_sources: bool = False
    """Whether it can fail only where several sources deliver the entity."""
    needs: tuple[str, ...] = ()
    """Columns of the entity without which there is no saying whether it holds."""


def read_checks(entity: str) -> Iterator[Check]:
    """The checks of `<entity>.toml`, in order: each says the fields of Check, or names one of SHAPES and says what that asks for.

    Raises TypeError, KeyError, StopIteration or ValueError for one that says anything else.
    """
    declared = tomllib.loads((Path(__file__).parent / f"{entity}.toml").read_text(encoding="utf-8"))
    for name, fields in declared.items():
        shape = fields.pop("shape", None)
        said = SHAPES[shape](entity, **fields) if shape else fields
        check = Check(f"{entity}_{name}", entity, **said | {"needs": tuple(said.get("needs", ()))})
        for column in check.needs:
            ENTITY[entity].column(column.partition("=")[0])
        if check.severity not in get_args(Severity):
            raise ValueError(f"{entity}.toml, {name}: severity is {check.severity!r}")
        yield check


def key_is_unique(entity: str) -> dict[str, Any]:
    """Each source's rows are unique already; this finds a key that two sources both deliver."""
    key = ", ".join(quoted(name) for name in ENTITY[entity].key)
    return {
        "severity": "fail",
        "violations": f"SELECT count(*) FROM (SELECT {key} FROM canonical.{entity} GROUP BY {key} HAVING count(*) > 1) repeated",  # noqa: S608
        "meaning": "keys come from more than one source",
        "remedy": "Let one source deliver each, or put the source's name before the key in its SQL.",
        "is_between_sources": True,
    }


def key_has_one_content(entity: str) -> dict[str, Any]:
    """Rows of one delivery with one key and different content: all but one of them are left out."""
    return {
        "severity": "warn",
        "violations": f"SELECT CAST(coalesce(sum(keys), 0) AS BIGINT) FROM canonical.key_conflict WHERE entity = '{entity}'",  # noqa: S608
        "meaning": "keys come with different content in one delivery; of each the row is kept that is greater in the first column that differs",
        "remedy": f"Correct the source, or let {entity}.sql deliver one row of each key.",
    }


def unit_is_known(entity: str, column: str = "unit_code") -> dict[str, Any]:
    """Rows of unknown units are published, but stand in no unit's figures."""
    return {
        "severity": "warn",
        "violations": f"SELECT count(*) FROM canonical.{entity} WHERE {quoted(column)} NOT IN (SELECT unit_code FROM canonical.org_unit)",  # noqa: S608
        "meaning": f"rows name a {column} that is not among the units, and stand in no unit's figures",
        "remedy": "Add the unit to the source's org_unit, or correct the code.",
    }


def order_is_kept(entity: str, earlier: str, later: str, severity: Severity, meaning: str) -> dict[str, Any]:
    """A moment that must not lie before another; rows without either of them pass."""
    return {
        "severity": severity,
        "violations": f"SELECT count(*) FROM canonical.{entity} WHERE {quoted(later)} < {quoted(earlier)}",  # noqa: S608
        "meaning": meaning,
        "remedy": f"Correct {earlier} or {later} in the source.",
        "needs": (earlier, later),
    }


SHAPES: dict[str, Callable[..., dict[str, Any]]] = {
    "key_is_unique": key_is_unique,
    "key_has_one_content": key_has_one_content,
    "unit_is_known": unit_is_known,
    "order_is_kept": order_is_kept,
}
