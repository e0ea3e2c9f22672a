"""What must hold for the data. ENTITIES is the table of contents: one TOML file per entity; add an expectation there, and a file here.

A check is one statement that counts violations on the canonical entities. DuckDB counts all of an entity's checks in one pass; `suite` has
Great Expectations judge that one small row. `check` says what a check is, `refused_rows` how many rows may be refused.
"""

from __future__ import annotations

from etl.checks.check import Check, read_checks

ENTITIES = ("org_unit", "unit_succession", "account", "account_assignment", "access_event", "document", "delivery", "declared_total")

CHECKS: tuple[Check, ...] = tuple(check for entity in ENTITIES for check in read_checks(entity))
