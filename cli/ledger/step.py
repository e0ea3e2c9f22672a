"""What the steps of an entry share on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal.console import tell

if TYPE_CHECKING:
    from dashboard.ledger.entered.entries import Entry

EntryArgument = Annotated[int, typer.Argument(help="Number of the entry (vanban ledger list).")]


def tell_state(entry: Entry) -> None:
    """Says what the entry is now."""
    tell(f"Entry {entry.entry_id} is {entry.state} (version {entry.version}, revision {entry.revision}).")
