"""The list of what was planted, for truth.json: each defect with its rows and what a reader should make of it, and effects to be found."""

from __future__ import annotations

from datetime import date
from typing import Any

from data.demo.calendar import seconds
from data.demo.months import activity, defects, documents
from data.demo.organisation import pilot_staff, staff
from data.demo.organisation.accounts import TINY_REGIONAL_PROVINCE, Accounts
from data.demo.organisation.later_staff import joins_on
from data.demo.organisation.units import Units
from data.demo.system import declarations
from data.demo.system.vendor_rows import NFD_UNITS


def planted_defects(counts: dict[str, int], accounts: Accounts) -> list[dict[str, Any]]:
    """Every kind of planted defect with its rows and what is expected of who reads the sample."""
    notes = dict(accounts.frame.group_by("note").len().iter_rows())

    def entry(name: str, entity: str, rows: int, expected: str) -> dict[str, Any]:
        return {"name": name, "entity": entity, "rows": rows, "expected": expected}

    return [
        entry("duplicate_logins", "access_event", counts["duplicate_logins"], "counted once, the rest as duplicate"),
        entry("late_logins", "access_event", counts["late_logins"], "recorded days later; counted on the day they happened"),
        entry("failed_logins", "access_event", counts["failed_logins"], "loaded, never counted as a login"),
        entry("nameless_logins", "access_event", counts["nameless_logins"], "rejected: account_key is required"),
        entry("unknown_actions", "access_event", counts["unknown_actions"], "rejected: kind is none of the known ones"),
        entry("secret_outgoing_documents", "document", counts["secret_outgoing_documents"], "filtered, with unknown, empty and missing markings"),
        entry("secret_incoming_documents", "document", counts["secret_incoming_documents"], "filtered"),
        entry("documents_with_impossible_date", "document", counts["documents_with_impossible_date"], "rejected: issued_at"),
        entry("recalled_documents", "document", counts["recalled_documents"], "loaded, counted as recalled only"),
        entry("deleted_documents", "document", counts["deleted_documents"], "not read (soft-deleted)"),
        entry("drafts", "document", counts["drafts"], "not read"),
        entry("axis_status_messages", "document", counts["axis_status_messages"], "not read: a status message is no document"),
        entry("void_signatures", "document", counts["void_signatures"], "the document counts as not signed"),
        entry("repeated_number", "document", counts["repeated_number"], "loaded; the check of numbers per unit and year fails in 2024-09"),
        entry("secret_deliveries", "delivery", counts["secret_deliveries"], "filtered: they carry their document's marking"),
        entry("repeated_deliveries", "delivery", counts["repeated_deliveries"], "counted once, the rest as duplicate"),
        entry("undated_deliveries", "delivery", counts["undated_deliveries"], "rejected: sent_at is required"),
        entry("names_in_nfd", "org_unit", len(NFD_UNITS), "equal to the same name in NFC after loading"),
        entry("deleted_units", "org_unit", 2, "not read (soft-deleted)"),
        entry("test_accounts", "account", notes["test account"], "loaded, no officers: in no rate"),
        entry("disabled_accounts_in_pilot", "account", notes["disabled in the pilot"], "logged in before; do not count on 31 July 2024"),
        entry("deleted_accounts", "account", notes["deleted"], "not read (soft-deleted)"),
        entry("midnight_accounts", "account", len(pilot_staff.MIDNIGHT), "counted by the local day, not by that of UTC"),
        entry("moved_account", "account_assignment", 1, "left H001 for H002 on 2024-07-20: counts at H002 on 31 July"),
        entry("declared_number_as_text", "declared_total", counts["declared_number_as_text"], "read as the number it says"),
        entry("declared_not_a_number", "declared_total", counts["declared_not_a_number"], "rejected: value"),
        entry("declared_twice", "declared_total", counts["declared_twice"], "counted once, the rest as duplicate"),
        entry("parts_exceed_declared_total", "declared_total", 1, "H279 declares fewer documents in July 2024 than it issued electronically"),
        entry(
            "missing_declaration",
            "declared_total",
            counts["missing_declaration"],
            f"{declarations.NOT_DECLARED[1]} in {declarations.NOT_DECLARED[0]}",
        ),
    ]


def planted_effects(units: Units) -> list[dict[str, Any]]:
    """What can be seen in the months after the pilot, put there to be found."""
    drops = [{"name": "drop", "unit_code": unit, "from": since} for unit, since in activity.DROPPING.items()]
    return [
        *drops,
        {"name": "lag", "unit_code": staff.LAGGING, "from": "2024-07", "measure": "activation_rate"},
        {"name": "lag", "unit_code": staff.LATE_PROVINCE, "from": f"{joins_on(units, staff.LATE_PROVINCE):%Y-%m}", "measure": "activation_rate"},
        {"name": "rise", "unit_code": staff.RISING, "from": "2024-07", "measure": "activation_rate"},
        {
            "name": "mix_shift",
            "unit_codes": list(documents.MIX_SHIFT),
            "from": documents.MIX_SHIFT_FROM,
            "measure": "fully_electronic_ratio",
            "note": "the units' own ratios stay, their volumes change places",
        },
        {"name": "too_small", "unit_code": staff.TINY, "from": "2024-07"},
        {"name": "too_small", "unit_code": units.regional[TINY_REGIONAL_PROVINCE][-1], "from": "2025-07"},
        {
            "name": "midnight",
            "at": "00:30 and 06:30 local",
            "days": ["2024-07-01", "2024-07-26", "2024-08-01"],
            "first": seconds(date(2024, 7, 1), 0, 30),
        },
        {"name": "repeated_number", "from": defects.REPEATED_NUMBER_MONTH, "unit_code": "VKSTC-VP"},
    ]
