"""Expectations about which unit took over from which."""

from etl.checks.check import Check, key_is_unique, unit_is_known

CHECKS = (
    key_is_unique("unit_succession"),
    unit_is_known("unit_succession", "old_code"),
    unit_is_known("unit_succession", "new_code"),
    Check(
        name="unit_succession_share_is_a_part",
        entity="unit_succession",
        severity="fail",
        violations="SELECT count(*) FROM canonical.unit_succession WHERE share <= 0 OR share > 1",
        meaning="successions have a share that is not between 0 and 1",
        remedy="Write the share as a part of one, such as 0.25.",
    ),
)
