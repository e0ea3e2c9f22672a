"""Tables and columns of a published snapshot: the one place where etl and metrics meet.

`etl.publish.snapshots` verifies a snapshot against TABLES when it writes one, `metrics.engines` when it opens one.
A snapshot is a read-only DuckDB file `<name>.duckdb` in the home's `var/snapshots`; `current.json` beside
it names the published one.

Dates are local days of the organisation (time zone in `snapshot_info`). Validity is closed on both sides:
`valid_from` and `valid_to` are the first and the last day; an open end is 9999-12-31, an open start 0001-01-01.
Every `is_`/`has_` column is a BOOLEAN that is never NULL: metrics count these and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from data.errors import ConfigurationError

SCHEMA_VERSION = 4
"""Raised with every change of TABLES; a reader refuses a snapshot of another version."""


@dataclass(frozen=True)
class Table:
    """One table: its columns with DuckDB types, in order, and the columns that identify a row."""

    name: str
    columns: dict[str, str]
    key: tuple[str, ...]
    is_content: bool = True
    """False for tables that describe the run (when, how long), which the content hash leaves out."""


TABLES: tuple[Table, ...] = (
    Table(
        "snapshot_info",
        {
            "snapshot": "VARCHAR",
            "schema_version": "INTEGER",
            "published_at": "TIMESTAMP WITH TIME ZONE",
            "cutoff_at": "TIMESTAMP WITH TIME ZONE",  # newest instant that the sources' data speak of
            "first_on": "DATE",  # first day that the sources' data speak of
            "time_zone": "VARCHAR",
            "is_synthetic": "BOOLEAN",
            "content_hash": "VARCHAR",
        },
        key=("snapshot",),
        is_content=False,
    ),
    Table(
        "org_unit",
        {
            "unit_code": "VARCHAR",
            "name": "VARCHAR",
            "short_name": "VARCHAR",
            "parent_code": "VARCHAR",  # NULL for the root
            "level": "VARCHAR",
            "pilot_group": "INTEGER",  # NULL where the unit is in no group
            "province_code": "VARCHAR",  # the unit itself or its ancestor on the province level; NULL for central units
            "valid_from": "DATE",
            "valid_to": "DATE",
            "sort_order": "INTEGER",
        },
        key=("unit_code",),
    ),
    Table(
        "org_unit_ancestor",  # one row per unit and ancestor, the unit itself at depth 0
        {
            "unit_code": "VARCHAR",
            "ancestor_code": "VARCHAR",
            "depth": "INTEGER",
            "valid_from": "DATE",
            "valid_to": "DATE",
        },
        key=("unit_code", "ancestor_code", "valid_from"),
    ),
    Table(
        "unit_succession",
        {"old_code": "VARCHAR", "new_code": "VARCHAR", "effective_on": "DATE", "share": "DOUBLE"},
        key=("old_code", "new_code", "effective_on"),
    ),
    Table(
        "account",
        {
            "account_key": "UUID",  # keyed hash, never a name
            "is_officer": "BOOLEAN",
            "is_clerk": "BOOLEAN",
            "is_leader": "BOOLEAN",
            "provisioned_on": "DATE",
            "activated_on": "DATE",  # NULL while not activated
            "disabled_on": "DATE",  # first day on which it no longer counts; NULL while in use
        },
        key=("account_key",),
    ),
    Table(
        "account_assignment",  # no two rows of one account overlap
        {"account_key": "UUID", "unit_code": "VARCHAR", "valid_from": "DATE", "valid_to": "DATE"},
        key=("account_key", "valid_from"),
    ),
    Table(
        "account_day",  # one row per account and day on which it did anything
        {
            "account_key": "UUID",
            "day_on": "DATE",
            "has_logged_in": "BOOLEAN",
            "has_processed": "BOOLEAN",
            "has_signed": "BOOLEAN",
        },
        key=("account_key", "day_on"),
    ),
    Table(
        "document",  # outgoing documents of the organisation, one row per document, at the unit that issued it
        {
            "document_key": "VARCHAR",
            "unit_code": "VARCHAR",
            "issued_on": "DATE",
            "doc_type": "VARCHAR",
            "number": "VARCHAR",
            "page_count": "INTEGER",
            "is_electronic": "BOOLEAN",  # wholly electronic
            "is_parallel": "BOOLEAN",  # electronic with a paper copy beside
            "is_paper": "BOOLEAN",
            "is_organ_signed": "BOOLEAN",
            "is_signer_signed": "BOOLEAN",
            "is_recalled": "BOOLEAN",
            "is_sent_internally": "BOOLEAN",  # has at least one delivery to a unit of the organisation
            "is_sent_by_axis": "BOOLEAN",
            "is_axis_acknowledged": "BOOLEAN",
        },
        key=("document_key",),
    ),
    Table(
        "delivery",  # one document to one receiver of the organisation, counted at the receiver
        {
            "document_key": "VARCHAR",
            "receiver_code": "VARCHAR",
            "arrived_on": "DATE",  # received, or sent where the receipt was not recorded
            "due_on": "DATE",  # NULL without a due date
            "completed_on": "DATE",  # NULL while open
            "is_internal": "BOOLEAN",  # from another unit of the organisation
            "is_from_axis": "BOOLEAN",
            "is_recalled": "BOOLEAN",
        },
        key=("document_key", "receiver_code", "arrived_on"),
    ),
    Table(
        "declared_total",  # what units declare, never mixed with what was measured
        {
            "unit_code": "VARCHAR",
            "metric_base": "VARCHAR",
            "from_on": "DATE",
            "to_on": "DATE",
            "value": "BIGINT",
            "declared_at": "TIMESTAMP WITH TIME ZONE",
            "declared_by": "VARCHAR",  # keyed hash, never a name
            "approved_by": "VARCHAR",  # keyed hash; NULL while not approved
            "source_note": "VARCHAR",
        },
        key=("unit_code", "metric_base", "from_on", "to_on"),
    ),
    Table(
        "account_stay",  # mart of account and account_assignment: spans of days in which an account counted in one unit
        {
            "account_no": "INTEGER",  # numbers accounts by their keys within this snapshot, to join quickly
            "account_key": "UUID",
            "unit_code": "VARCHAR",  # NULL where no assignment names one
            "valid_from": "DATE",
            "valid_to": "DATE",
            "is_officer": "BOOLEAN",
            "is_clerk": "BOOLEAN",
            "is_leader": "BOOLEAN",
            "activated_on": "DATE",  # NULL while not activated
        },
        key=("account_no", "valid_from"),
    ),
    Table(
        "account_month",  # mart of account_day: one bit per day of the month, the first day is bit 0
        {
            "account_no": "INTEGER",
            "month_on": "DATE",  # first day of the month
            "login_days": "INTEGER",
            "processing_days": "INTEGER",
            "signing_days": "INTEGER",
        },
        key=("month_on", "account_no"),
    ),
    Table(
        "document_day",  # mart of document: documents of one combination of facts, by unit and day
        {
            "issued_on": "DATE",
            "unit_code": "VARCHAR",
            "is_electronic": "BOOLEAN",
            "is_parallel": "BOOLEAN",
            "is_paper": "BOOLEAN",
            "is_organ_signed": "BOOLEAN",
            "is_signer_signed": "BOOLEAN",
            "is_recalled": "BOOLEAN",
            "is_sent_internally": "BOOLEAN",
            "is_sent_by_axis": "BOOLEAN",
            "is_axis_acknowledged": "BOOLEAN",
            "row_count": "BIGINT",
        },
        key=(
            "issued_on",
            "unit_code",
            "is_electronic",
            "is_parallel",
            "is_paper",
            "is_organ_signed",
            "is_signer_signed",
            "is_recalled",
            "is_sent_internally",
            "is_sent_by_axis",
            "is_axis_acknowledged",
        ),
    ),
    Table(
        "delivery_day",  # mart of delivery, by unit and day of arrival
        {
            "arrived_on": "DATE",
            "receiver_code": "VARCHAR",
            "is_internal": "BOOLEAN",
            "is_from_axis": "BOOLEAN",
            "is_recalled": "BOOLEAN",
            "row_count": "BIGINT",
        },
        key=("arrived_on", "receiver_code", "is_internal", "is_from_axis", "is_recalled"),
    ),
    Table(
        "due_delivery_day",  # mart of delivery, by unit, due date and day of arrival
        {
            "due_on": "DATE",
            "receiver_code": "VARCHAR",
            "arrived_on": "DATE",
            "is_recalled": "BOOLEAN",
            "is_completed": "BOOLEAN",
            "is_on_time": "BOOLEAN",  # completed on or before the due date
            "row_count": "BIGINT",
        },
        key=("due_on", "receiver_code", "arrived_on", "is_recalled", "is_completed", "is_on_time"),
    ),
    Table(
        "batch_accounting",  # rows_in = rows_loaded + rows_duplicate + rows_filtered + rows_rejected
        {
            "source": "VARCHAR",
            "entity": "VARCHAR",
            "batch": "VARCHAR",
            "fetched_at": "TIMESTAMP WITH TIME ZONE",
            "rows_in": "BIGINT",
            "rows_loaded": "BIGINT",
            "rows_duplicate": "BIGINT",
            "rows_filtered": "BIGINT",
            "rows_rejected": "BIGINT",
            "newest_at": "TIMESTAMP WITH TIME ZONE",  # newest instant that its rows speak of up to the fetch; NULL where they speak of none
        },
        key=("source", "entity", "batch"),
        is_content=False,
    ),
    Table(
        "reject_reason",
        {"source": "VARCHAR", "entity": "VARCHAR", "column_name": "VARCHAR", "reason": "VARCHAR", "rows": "BIGINT"},
        key=("source", "entity", "column_name", "reason"),
    ),
    Table(
        "quality_result",
        {
            "check_name": "VARCHAR",
            "entity": "VARCHAR",
            "severity": "VARCHAR",  # fail or warn; a failed `fail` is never published
            "is_passed": "BOOLEAN",
            "violations": "BIGINT",
            "rows": "BIGINT",
        },
        key=("check_name",),
    ),
)


class NoSnapshot(ConfigurationError):
    """Nothing has been published in this home yet, or what was published is gone."""


def published_snapshot(pointer: Path) -> Path:
    """The file of the published snapshot that `pointer` (`current.json`) names.

    Raises NoSnapshot with the way out when there is none.
    """
    try:
        name = json.loads(pointer.read_text(encoding="utf-8"))["snapshot"]
    except FileNotFoundError:
        raise NoSnapshot(f"No figures have been published in {pointer.parent}. Run `vanban etl run` first.") from None
    except (ValueError, KeyError, TypeError):
        raise NoSnapshot(f"{pointer} cannot be read. Run `vanban etl run` to write it anew.") from None
    path = pointer.parent / f"{name}.duckdb"
    if not path.is_file():
        raise NoSnapshot(f"The published snapshot {name} is missing from {pointer.parent}. Run `vanban etl run` to make it anew.")
    return path
