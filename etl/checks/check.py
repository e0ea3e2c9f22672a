"""One expectation about an entity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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


def key_is_unique(entity: str) -> Check:
    """Each source's rows are unique already; this finds a key that two sources both deliver."""
    key = ", ".join(quoted(name) for name in ENTITY[entity].key)
    return Check(
        name=f"{entity}_key_is_unique",
        entity=entity,
        severity="fail",
        violations=f"SELECT count(*) FROM (SELECT {key} FROM canonical.{entity} GROUP BY {key} HAVING count(*) > 1) repeated",  # noqa: S608
        meaning="keys come from more than one source",
        remedy="Let one source deliver each, or put the source's name before the key in its SQL.",
        is_between_sources=True,
    )


def unit_is_known(entity: str, column: str = "unit_code") -> Check:
    """Rows of unknown units are published, but stand in no unit's figures."""
    return Check(
        name=f"{entity}_{column}_is_known",
        entity=entity,
        severity="warn",
        violations=f"SELECT count(*) FROM canonical.{entity} WHERE {quoted(column)} NOT IN (SELECT unit_code FROM canonical.org_unit)",  # noqa: S608
        meaning=f"rows name a {column} that is not among the units, and stand in no unit's figures",
        remedy="Add the unit to the source's org_unit, or correct the code.",
    )


def order_is_kept(entity: str, name: str, earlier: str, later: str, severity: Severity, meaning: str) -> Check:
    """A moment that must not lie before another; rows without either of them pass."""
    return Check(
        name=f"{entity}_{name}",
        entity=entity,
        severity=severity,
        violations=f"SELECT count(*) FROM canonical.{entity} WHERE {quoted(later)} < {quoted(earlier)}",  # noqa: S608
        meaning=meaning,
        remedy=f"Correct {earlier} or {later} in the source.",
    )
