"""Expectations about where accounts belong."""

from etl.checks.check import Check, key_is_unique, order_is_kept, unit_is_known

CHECKS = (
    key_is_unique("account_assignment"),
    unit_is_known("account_assignment"),
    Check(
        name="account_assignment_account_is_known",
        entity="account_assignment",
        severity="warn",
        violations="SELECT count(*) FROM canonical.account_assignment WHERE account_key NOT IN (SELECT account_key FROM canonical.account)",
        meaning="assignments are of accounts that the source does not know",
        remedy="See whether account.sql and account_assignment.sql name accounts by the same key.",
    ),
    order_is_kept(
        "account_assignment", "validity_is_in_order", "valid_from", "valid_to", "warn", "assignments end before they begin, and are left out"
    ),
)
