"""`vanban source list`: the sources of a home."""

from __future__ import annotations

from cli.terminal.console import show
from cli.terminal.options import HomeOption, OutputOption, existing_home

EXAMPLE = "--home /srv/vanban"


def run(home: HomeOption = None, output: OutputOption = "table") -> None:
    """The sources of this home, their kind and the entities they deliver."""
    import polars as pl

    from etl.settings import load_settings
    from etl.sources import KINDS

    kind_names = {kind: name for name, kind in KINDS.items()}
    rows = [
        {"source": source.name, "kind": kind_names[type(source)], "title": source.title, "entities": ", ".join(source.entities)}
        for source in load_settings(existing_home(home)).sources
    ]
    show(pl.DataFrame(rows, schema=["source", "kind", "title", "entities"]), output, empty="No source is named in vanban.toml.")
