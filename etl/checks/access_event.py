"""Expectations about logins and actions."""

from etl.checks.check import Check, key_is_unique

CHECKS = (
    key_is_unique("access_event"),
    Check(
        name="access_event_account_is_known",
        entity="access_event",
        severity="warn",
        violations="SELECT count(*) FROM canonical.access_event WHERE account_key NOT IN (SELECT account_key FROM canonical.account)",
        meaning="events are of accounts that the source does not know, and are left out",
        remedy="See whether account.sql and access_event.sql name accounts by the same key.",
    ),
)
