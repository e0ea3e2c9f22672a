"""`vanban ledger list`: what was entered."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "--kind declared_total --home /srv/vanban"
COLUMNS = ("entry", "kind", "version", "state", "revision", "unit_code", "content", "edited_by", "decided_by", "remark")


def run(
    kind: Annotated[str | None, typer.Option("--kind", help="declared_total, explanation, case, target or event.")] = None,
    home: HomeOption = None,
    output: OutputOption = "table",
) -> None:
    """The newest version of everything entered, what waits for a decision first."""
    import json

    import polars as pl

    from dashboard.ledger.actor import os_actor
    from dashboard.ledger.entered.entries import Entries
    from dashboard.ledger.entered.kinds import kind_of

    with Entries(existing_home(home), os_actor()) as entries:
        found = entries.newest(kind_of(kind).name if kind else None)
    rows = [
        (
            *(one.entry_id, one.kind, one.version, one.state, one.revision, one.unit_code),
            *(json.dumps(one.content, ensure_ascii=False), one.edited_by, one.decided_by, one.remark),
        )
        for one in found
    ]
    types = {name: pl.Int64 if name in ("entry", "version", "revision") else pl.String for name in COLUMNS}
    show(pl.DataFrame(rows, schema=types, orient="row"), output, empty="Nothing was entered yet: vanban ledger template, then vanban ledger enter.")
