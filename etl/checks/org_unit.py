"""Expectations about units."""

from etl.checks.check import Check, key_is_unique, order_is_kept

CHECKS = (
    key_is_unique("org_unit"),
    Check(
        name="org_unit_is_not_above_itself",
        entity="org_unit",
        severity="fail",
        # UNION, not UNION ALL: only new pairs go on, so that the walk ends in a circle too.
        violations="""
            WITH RECURSIVE above AS (
                SELECT unit_code, parent_code AS ancestor_code FROM canonical.org_unit
                UNION
                SELECT above.unit_code, unit.parent_code FROM above JOIN canonical.org_unit unit ON unit.unit_code = above.ancestor_code
            )
            SELECT count(*) FROM above WHERE unit_code = ancestor_code
        """,
        meaning="units stand above themselves: their parents go round in a circle",
        remedy="Correct parent_code of these units in the source.",
    ),
    Check(
        name="org_unit_parent_code_is_known",
        entity="org_unit",
        severity="warn",
        violations="""
            SELECT count(*) FROM canonical.org_unit
            WHERE parent_code IS NOT NULL AND parent_code NOT IN (SELECT unit_code FROM canonical.org_unit)
        """,
        meaning="units name a parent that is not among the units, and count as standing on their own",
        remedy="Add the parent to the source's org_unit, or correct parent_code.",
    ),
    Check(
        name="org_unit_level_is_known",
        entity="org_unit",
        severity="warn",
        violations="SELECT count(*) FROM canonical.org_unit WHERE level NOT IN (SELECT level FROM canonical.level)",
        meaning="units have a level that data/reference/levels.csv does not know",
        remedy="Map the source's levels to those of that file.",
    ),
    order_is_kept("org_unit", "validity_is_in_order", "valid_from", "valid_to", "warn", "units end before they begin, and belong to nothing"),
)
