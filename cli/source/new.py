"""`vanban source new`: the folder of a new source."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated

import typer

from cli.terminal.console import tell
from cli.terminal.options import HomeOption, existing_home, one_of
from data.paths import home_of

EXAMPLE = "vks --kind database --url-env VKS_URL --home /srv/vanban --organisation procuracy"


def organisation_names() -> Iterable[str]:
    """The kinds of organisation that a home can begin with."""
    from etl.setup.new_source import ORGANISATIONS

    return ORGANISATIONS


def run(
    name: Annotated[str, typer.Argument(help="Name of the new folder in sources/.")],
    kind: Annotated[str, typer.Option("--kind", help="database, files, access_log, edxml or ledger.")],
    url_env: Annotated[str | None, typer.Option("--url-env", help="Database: the environment variable that will hold its URL.")] = None,
    organisation: Annotated[
        str | None,
        typer.Option(
            "--organisation",
            parser=one_of(organisation_names),
            metavar="<company|procuracy|city|state-body|other>",
            help="New home: what kind of organisation it is, which decides its levels and words (default: is asked, else other).",
        ),
    ] = None,
    home: HomeOption = None,
) -> None:
    """Write the folder of a new source, each column with its meaning; what is left to you is marked TODO_."""
    from etl.setup.new_source import begins_home, new_source

    place = home_of(home) if home else existing_home(None)
    is_first = not place.config.exists()
    if organisation is None and begins_home(place):
        organisation = asked_organisation()
    folder = new_source(place, name, kind, url_env, organisation)
    todo = "put the database's URL into vanban.env" if is_first and url_env else f"name {name} in [etl] sources of vanban.toml"
    if is_first:
        todo += ", see that vanban.toml and levels.csv call things as you do"
    tell(f"Wrote {folder}. Fill in what is marked TODO_, {todo}, then: vanban source check {name} --home {place.root}")


def asked_organisation() -> str:
    """What whoever sits at a terminal says; `other`, told, where nobody does."""
    from etl.setup.new_source import ORGANISATIONS

    if not sys.stdin.isatty():
        tell(f"A home of the kind other is begun. Name yours with --organisation: {', '.join(ORGANISATIONS)}.")
        return "other"
    for number, (kind, what) in enumerate(ORGANISATIONS.items(), start=1):
        tell(f"{number}  {kind}: {what.label}")
    answer = str(typer.prompt("What kind of organisation is it (number or name)?", default="other", err=True)).strip()
    numbered = dict(zip(map(str, range(1, len(ORGANISATIONS) + 1)), ORGANISATIONS, strict=True))
    return numbered.get(answer, answer)
