"""What must hold for the data. CHECKS is the table of contents: one file per entity; add an expectation there, and a file here.

A check is one statement that counts violations on the canonical entities. DuckDB counts all of an entity's checks in one pass; `suite` has
Great Expectations judge that one small row. `check` says what a check is.
"""

from __future__ import annotations

from etl.checks import access_event, account, account_assignment, declared_total, delivery, document, org_unit, unit_succession
from etl.checks.check import Check

CHECKS: tuple[Check, ...] = (
    *org_unit.CHECKS,
    *unit_succession.CHECKS,
    *account.CHECKS,
    *account_assignment.CHECKS,
    *access_event.CHECKS,
    *document.CHECKS,
    *delivery.CHECKS,
    *declared_total.CHECKS,
)
