"""`vanban audit export`: the rows of the audit, to be kept or read elsewhere."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import typer

from cli.terminal.options import FromOption, HomeOption, ToOption, existing_home
from dashboard.ui.table_files import SPREADSHEET_FORMULA
from data.json_lines import json_line

EXAMPLE = "--from 2026-01-01 --to 2026-01-31 --home /srv/vanban"


def run(
    from_on: FromOption = None,
    to_on: ToOption = None,
    home: HomeOption = None,
    output: Annotated[Literal["csv", "jsonl"], typer.Option("--format", help="CSV for people, JSON lines for programs.")] = "csv",
) -> None:
    """Every act with its time (UTC), person, object, values and hashes, of the days given (in UTC), as CSV or JSON lines on stdout."""
    from dashboard.ledger.audit import Audit
    from dashboard.ledger.audit_rows import AuditRow

    with Audit(existing_home(home)) as audit:
        rows = audit.rows(_start(from_on), _start(to_on, timedelta(days=1)))
    if output == "jsonl":
        for row in rows:
            print(json_line(asdict(row)).decode("ascii"), end="")
        return
    writer = csv.writer(sys.stdout)
    writer.writerow([field.name for field in fields(AuditRow)])
    writer.writerows([_no_formula(value) for value in asdict(row).values()] for row in rows)


def _no_formula(value: object) -> object:
    """Names are what people typed: a spreadsheet must not run them. JSON lines have them as they are, to be hashed again."""
    return f"'{value}" if isinstance(value, str) and value.startswith(SPREADSHEET_FORMULA) else value


def _start(on: datetime | None, more: timedelta = timedelta(0)) -> datetime | None:
    return on.replace(tzinfo=UTC) + more if on else None
