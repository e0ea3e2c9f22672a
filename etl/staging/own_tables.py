"""The organisation's own levels, groups and days off as canonical tables, and whether the data keep to the levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from data.errors import DataRefused
from data.organisation import GROUPS, LEVELS, Group, Organisation, procuracy_tables
from data.snapshot import TABLE

_IN_TREE_ORDER = """
WITH RECURSIVE place AS (
    SELECT unit_code, 0 AS depth FROM canonical.org_unit
    WHERE parent_code IS NULL OR parent_code NOT IN (SELECT unit_code FROM canonical.org_unit)
    UNION
    SELECT unit.unit_code, place.depth + 1 FROM canonical.org_unit unit JOIN place ON unit.parent_code = place.unit_code
)
SELECT unit.level FROM canonical.org_unit unit LEFT JOIN place USING (unit_code)
GROUP BY unit.level ORDER BY min(place.depth) NULLS LAST, min(unit.sort_order) NULLS LAST, unit.level
"""

_GROUPS = "SELECT DISTINCT pilot_group FROM canonical.org_unit WHERE pilot_group IS NOT NULL ORDER BY 1"


def make_own_tables(warehouse: duckdb.DuckDBPyConnection, organisation: Organisation) -> None:
    """Makes `canonical.level`, `pilot_group` and `day_off`; what the home does not name is called by its code in the data.

    Data whose levels are all the procuracy's have its levels and groups, as homes had that were made before these were their own.

    Raises DataRefused where units have a level that the home's levels.csv does not name.
    """
    found = [level for (level,) in warehouse.execute(_IN_TREE_ORDER).fetchall()]
    numbers = [number for (number,) in warehouse.execute(_GROUPS).fetchall()]
    if organisation.levels:
        _refuse_unknown_levels(warehouse, organisation, found)
    else:
        known = procuracy_tables(found, numbers)
        organisation = replace(organisation, levels=known.levels, groups=organisation.groups or known.groups)
    levels: Sequence[Sequence[object]] = organisation.levels or [(level, level, level, False, order) for order, level in enumerate(found, start=1)]
    named = {group.pilot_group for group in organisation.groups}
    groups = [Group(number, "officers", f"Nhóm {number}", f"Group {number}", "", "") for number in numbers if number not in named]
    for name, rows in (("level", levels), ("pilot_group", (*organisation.groups, *groups)), ("day_off", organisation.days_off)):
        columns = TABLE[name].columns
        warehouse.execute(f"CREATE OR REPLACE TABLE canonical.{name} ({', '.join(f'{column} {kind}' for column, kind in columns.items())})")
        if rows:
            marks = ", ".join([f"({', '.join('?' for _ in columns)})"] * len(rows))
            warehouse.execute(f"INSERT INTO canonical.{name} VALUES {marks}", [value for row in rows for value in row])  # noqa: S608


def levels_from_data(warehouse: duckdb.DuckDBPyConnection, organisation: Organisation) -> str:
    """What to tell whoever runs it where the home has no levels.csv; else nothing."""
    if organisation.levels:
        return ""
    rows = warehouse.execute("SELECT level, label_vi FROM canonical.level ORDER BY sort_order").fetchall()
    levels = ", ".join(level for level, _ in rows)
    if any(level != label for level, label in rows):
        return f"levels: no {LEVELS} beside vanban.toml, so they are the procuracy's ({levels}); copy {LEVELS} and {GROUPS} of data/reference there"
    return f"levels: no {LEVELS} beside vanban.toml, so they are those of the data from the top of the tree, called by their codes ({levels})"


def _refuse_unknown_levels(warehouse: duckdb.DuckDBPyConnection, organisation: Organisation, found: Sequence[str]) -> None:
    known = {level.level for level in organisation.levels}
    unknown = next((level for level in found if level not in known), None)
    if unknown is None:
        return
    units = warehouse.execute("SELECT source, unit_code FROM canonical.org_unit WHERE level = ? ORDER BY unit_code", [unknown]).fetchall()
    listed = ", ".join(code for _, code in units[:3]) + (", …" if len(units) > 3 else "")
    raise DataRefused(
        f"source {units[0][0]}: {len(units)} units have the level {unknown!r} ({listed}), which {LEVELS} beside vanban.toml does not name "
        f"(lines 2 to {len(known) + 1}: {', '.join(level.level for level in organisation.levels)}). Add line {len(known) + 2} for it to {LEVELS}, "
        f"or correct level in sources/{units[0][0]}/org_unit.sql. What was published before stays."
    )
