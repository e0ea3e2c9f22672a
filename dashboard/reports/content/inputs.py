"""What an installation gives its reports: settings, targets, explanations, the snapshot asked for, and whose eyes a report is made with."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import polars as pl

from dashboard.follow_up.cases import approved_cases
from dashboard.ledger.entered.approved import approved, with_approved_targets
from dashboard.ledger.entered.kinds import Content
from dashboard.reports.content.by_hand.own_words import passages_of, read_passages
from dashboard.reports.content.facts.units import require_unit
from dashboard.reports.content.kinds import kind_named
from dashboard.reports.content.request import Explanation, Inputs, Request
from dashboard.reports.content.settings import report_settings
from dashboard.session import policy
from dashboard.session.queries import Reader, pin
from dashboard.session.state import Population, default_selection
from dashboard.session.viewers import peer_policy
from dashboard.typed_text import checked_text
from dashboard.ui.unit_names import unit_tree
from data.configuration import read_configuration
from data.csv_forms.settings_csv import csv_rows
from data.errors import ConfigurationError
from data.organisation import words_of
from data.paths import Home
from metrics.comparison.targets import home_targets
from metrics.periods import LATEST, Period

EXPLANATIONS = "giai-trinh.csv"
"""Beside vanban.toml; columns of COLUMNS."""
COLUMNS = ("unit_code", "from_on", "to_on", "subject", "text")
LONGEST_SUBJECT, LONGEST_TEXT = 200, 2000


def read_inputs(home: Home, request: Request | None = None) -> Inputs:
    """What the home says today, its own words those of the report that is asked for.

    Raises ConfigurationError naming the file, the place and what is allowed.
    """
    configuration = read_configuration(home)
    organisation = configuration.get("organisation", "")
    peers, smallest = peer_policy(configuration)
    return Inputs(
        organisation=organisation if isinstance(organisation, str) else "",
        settings=report_settings(configuration),
        targets=tuple(with_approved_targets(home_targets(home, configuration), approved(home, "target")).iter_rows()),
        explanations=(*read_explanations(home.root / EXPLANATIONS), *map(_approved_explanation, approved(home, "explanation"))),
        cases=approved_cases(home),
        own=passages_of(read_passages(home.root), request.kind, request.period) if request else (),
        peers=peers,
        smallest=smallest,
        words=words_of(configuration),
    )


def usual_population(home: Home, inputs: Inputs) -> Population:
    """Whose figures a report speaks of where nobody says: the reports' own setting, else that of the dashboard's first view."""
    if inputs.settings.population is not None:
        return inputs.settings.population
    return default_selection(read_configuration(home), LATEST).population


def population_in(reader: Reader, period: Period, usual: Population) -> Population:
    """The usual population, or everyone where none of the pilot's units stood in the period: after its end they have other successors."""
    stood = reader.units().filter(
        pl.col("pilot_group").is_not_null() & (pl.col("valid_from") <= period.to_on) & (pl.col("valid_to").fill_null(date.max) >= period.from_on)
    )
    return usual if stood.height else "all"


def reader_for(home: Home, request: Request, inputs: Inputs, snapshot: str | None = None) -> Reader:
    """A reader on the snapshot asked for (the published one where none is), with the eyes that the kind of report is made for.

    A unit's sheet shows what that unit's people may see; every other report is the statistics department's. Raises ConfigurationError where the
    snapshot is not kept, or the unit is unknown.
    """
    reader = statistics_reader(home, inputs, snapshot)
    if not kind_named(request.kind).is_per_unit or request.unit_code is None:
        return reader
    tree = unit_tree(reader.units(), inputs.organisation)
    require_unit(tree, request.unit_code)
    return Reader(policy.Viewer("unit", tree.below(request.unit_code), request.unit_code, inputs.peers, inputs.smallest), reader.path)


def statistics_reader(home: Home, inputs: Inputs, snapshot: str | None = None) -> Reader:
    """The statistics department's reader on a kept snapshot, or on the published one."""
    viewer = policy.Viewer("statistics", peers=inputs.peers, smallest=inputs.smallest)
    return pin(home, viewer) if snapshot is None else Reader(viewer, _kept(home, snapshot))


def _kept(home: Home, snapshot: str) -> Path:
    path = home.snapshots / f"{snapshot}.duckdb"
    if not re.fullmatch(r"[0-9A-Za-z-]+", snapshot) or not path.is_file():
        raise ConfigurationError(f"There is no snapshot {snapshot!r} in this home. `vanban etl status --snapshots` lists those that are kept.")
    return path


def read_explanations(path: Path) -> tuple[Explanation, ...]:
    """The explanations of a CSV (UTF-8, comma) with the columns COLUMNS; none where there is no file. Raises ConfigurationError naming the line."""
    if not path.is_file():
        return ()
    return tuple(_explanation(*row) for row in csv_rows(path, COLUMNS))


def _approved_explanation(content: Content) -> Explanation:
    from_on, to_on = (date.fromisoformat(str(content[name])) for name in ("from_on", "to_on"))
    return Explanation(str(content["unit_code"]), from_on, to_on, str(content["subject"]), " ".join(str(content["text"]).split()))


def _explanation(values: dict[str, str], line: str) -> Explanation:
    if not values["unit_code"] or not values["subject"]:
        raise ConfigurationError(f"{line}: unit_code and subject must not be empty.")
    try:
        from_on, to_on = date.fromisoformat(values["from_on"]), date.fromisoformat(values["to_on"])
    except ValueError:
        raise ConfigurationError(f"{line}: from_on and to_on must be days such as 2024-07-31.") from None
    return Explanation(
        values["unit_code"],
        from_on,
        to_on,
        checked_text(f"{line}: subject", values["subject"], LONGEST_SUBJECT),
        checked_text(f"{line}: text", " ".join(values["text"].split()), LONGEST_TEXT),
    )
