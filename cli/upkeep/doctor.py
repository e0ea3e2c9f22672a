"""`vanban doctor`: whether an installation is well, check by check. Exit codes: 0 all well, 1 something to look at, 2 something to mend."""

from __future__ import annotations

import typer

from cli.terminal.console import show, tell
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "--format json --home /srv/vanban"


def run(home: HomeOption = None, output: OutputOption = "table") -> None:
    """Look at machine, settings, files, sources, figures, ledger, alarm and sign-in; what is not well comes with what to do."""
    import polars as pl

    from cli.upkeep.checks.findings import examine

    findings = examine(existing_home(home))
    rows = [(finding.check, finding.outcome, finding.text) for finding in findings]
    show(pl.DataFrame(rows, schema={"check": pl.String, "outcome": pl.String, "text": pl.String}, orient="row"), output, empty="")
    worst = max(("ok", "look at", "mend").index(finding.outcome) for finding in findings)
    tell(("All is well.", "Something is to be looked at.", "Something is to be mended.")[worst])
    raise typer.Exit(worst)
