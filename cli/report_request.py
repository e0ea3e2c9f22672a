"""What a report is asked for on the command line: its options, and what they mean on a snapshot."""

from __future__ import annotations

import logging
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.options import Language, Preset
from data.errors import ConfigurationError

if TYPE_CHECKING:
    from dashboard.reports.content.request import Inputs, Request
    from data.paths import Home
    from metrics.engines import SnapshotInfo
    from metrics.periods import Period


class Kind(StrEnum):
    review = "so-ket"
    brief = "tom-tat"
    month = "thang"
    unit = "don-vi"
    slides = "slides"
    annexes = "phu-luc"


class FileFormat(StrEnum):
    docx = "docx"
    pdf = "pdf"
    xlsx = "xlsx"
    pptx = "pptx"
    html = "html"


class Group(StrEnum):
    pilot = "pilot"
    all = "all"
    first = "1"
    second = "2"


KindArgument = Annotated[
    Kind, typer.Argument(metavar="NAME", help="so-ket (review), tom-tat (brief), thang (month), don-vi (unit), slides, phu-luc (annexes).")
]
GroupOption = Annotated[
    Group | None, typer.Option("--group", help="Pilot group; `pilot`: accounts of group 1, documents of both (default: vanban.toml).")
]
PreviousOption = Annotated[bool, typer.Option("--previous", help="With --period: the one before, which has ended; for scheduled reports.")]
FlowFromOption = Annotated[datetime | None, typer.Option("--flow-from", formats=["%Y-%m-%d"], help="First day of a second window (default: --from).")]
FlowToOption = Annotated[
    datetime | None, typer.Option("--flow-to", formats=["%Y-%m-%d"], help="Last day of a second window, told beside the period.")
]
SnapshotOption = Annotated[str | None, typer.Option("--snapshot", help="Name of a kept snapshot (default: the published one).")]
FilesOption = Annotated[
    list[FileFormat] | None, typer.Option("--format", help="Kind of file; may be given several times (default: what suits the report).")
]
NumberOption = Annotated[int | None, typer.Option("--number", min=1, help="The document's number; without it a gap is left for the pen.")]
DatedOption = Annotated[datetime | None, typer.Option("--dated", formats=["%Y-%m-%d"], help="Date of the document (default: the snapshot's).")]
EditsOption = Annotated[
    Path | None, typer.Option("--edits", help='TOML file with sentences in place of the written ones: key = "…" (`report text` lists keys).')
]
WithoutOption = Annotated[list[str] | None, typer.Option("--without", help="Section to leave out, by name; may be given several times.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does this, as it is to stand in the ledger.")]
IdArgument = Annotated[int, typer.Argument(help="Number of the report in the ledger.")]


def quiet(home: Home) -> Home:
    """Keeps the dashboard's caches from telling, at each first use, that no page is served."""
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    return home


def ask(
    home: Home,
    name: Kind,
    from_on: datetime | None,
    to_on: datetime | None,
    preset: Preset | None,
    previous: bool,
    unit: str | None,
    group: Group | None,
    flow_from: datetime | None,
    flow_to: datetime | None,
    snapshot: str | None,
    language: Language,
    number: int | None,
    dated: datetime | None,
    edits: Path | None,
    without: list[str] | None,
) -> tuple[Request, Inputs]:
    """What the options mean, on the snapshot that is meant."""
    from dataclasses import replace

    from dashboard.reports.archive.report_per_unit import population_of_unit
    from dashboard.reports.content.inputs import population_in, read_inputs, statistics_reader, usual_population
    from dashboard.reports.content.kinds import kind_named
    from dashboard.reports.content.request import Request
    from metrics.periods import Period

    inputs = replace(read_inputs(home), edits=read_edits(edits))
    reader = statistics_reader(home, inputs, snapshot)
    period = reported_period(reader.info, from_on, to_on, preset, previous)
    population = group.value if group else population_in(reader, period, usual_population(home, inputs))
    flow = None
    if flow_from or flow_to:
        flow = Period(flow_from.date() if flow_from else period.from_on, flow_to.date() if flow_to else period.to_on)
    if unit is not None and group is None and kind_named(name.value).is_per_unit:
        population = population_of_unit(reader, unit, population)
    request = Request(name.value, period, population, unit, flow, language.value, number, dated.date() if dated else None)
    request = replace(request, without=tuple(dict.fromkeys(without or ())))
    return request, inputs


def reported_period(info: SnapshotInfo, from_on: datetime | None, to_on: datetime | None, preset: Preset | None, previous: bool) -> Period:
    """The days of a report, named by both ends or as a usual period."""
    from datetime import timedelta

    from metrics.periods import PRESETS, Period

    if preset is None:
        if previous or from_on is None or to_on is None:
            raise ConfigurationError("Which days? Give --from and --to, or a usual period: --period month (with --previous: the one that has ended).")
        return Period(from_on.date(), to_on.date())
    if from_on is not None:
        raise ConfigurationError("--period and --from contradict each other. Give --period with --to (a day within it), or --from with --to.")
    usual = next(one for one in PRESETS if one.name == preset.value)
    period = usual.of(to_on.date() if to_on else info.cutoff_on)
    return usual.of(period.from_on - timedelta(days=1)) if previous else period


def read_edits(path: Path | None) -> tuple[tuple[str, str], ...]:
    """Edited sentences by paragraph key, from a TOML file of `"key" = "sentence"` lines."""
    import tomllib

    if path is None:
        return ()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f'{path} cannot be read as TOML ({error}). Write lines such as "accounts.login" = "…", in UTF-8.') from None
    for key, text in content.items():
        if not isinstance(text, str):
            raise ConfigurationError(f'{path}: {key} is not a sentence. Write the key in quotes, as in "{key}.…" = "…".')
    return tuple(content.items())
