"""What a report is asked for on the command line: its options, typed once, and what they mean on a snapshot."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.terminal.options import FromOption, LanguageOption, PresetOption, ToOption, UnitOption, day, one_of, preset_period
from data.errors import ConfigurationError
from metrics.periods import Period

if TYPE_CHECKING:
    from dashboard.reports.content.request import Inputs, Request
    from data.paths import Home
    from metrics.engines import SnapshotInfo


def kind_names() -> Iterable[str]:
    """The kinds of reports that there are."""
    from dashboard.reports.content.kinds import KINDS

    return [kind.name for kind in KINDS]


def file_kinds() -> Iterable[str]:
    """The kinds of files that reports are written in."""
    from dashboard.reports.writers import FORMATS

    return [known.name for known in FORMATS]


SnapshotOption = Annotated[str | None, typer.Option("--snapshot", help="Name of a kept snapshot (default: the published one).")]
FilesOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        parser=one_of(file_kinds),
        metavar="<docx|pdf|xlsx|pptx|html>",
        help="Kind of file; may be given several times (default: what suits the report).",
    ),
]
ByOption = Annotated[str, typer.Option("--by", help="Who does this, as it is to stand in the ledger.")]
IdArgument = Annotated[int, typer.Argument(help="Number of the report in the ledger.")]


@dataclass(frozen=True)
class ReportOptions:
    """The content of a report: kind, days, whose figures, language, and what is edited or left out."""

    kind: Annotated[
        str,
        typer.Argument(
            parser=one_of(kind_names),
            metavar="NAME",
            help="so-ket (review), tom-tat (brief), phut (the minute), thang (month), don-vi (unit), slides, phu-luc (annexes).",
        ),
    ]
    from_on: FromOption = None
    to_on: ToOption = None
    preset: PresetOption = None
    previous: Annotated[bool, typer.Option("--previous", help="With --period: the one before, which has ended; for scheduled reports.")] = False
    unit: UnitOption = None
    group: Annotated[
        str | None,
        typer.Option("--group", help="Number of a group, `all`, or `pilot`: accounts of group 1, documents of both (default: vanban.toml)."),
    ] = None
    flow_from: Annotated[
        datetime | None, typer.Option("--flow-from", parser=day, metavar="YYYY-MM-DD", help="First day of a second window (default: --from).")
    ] = None
    flow_to: Annotated[
        datetime | None, typer.Option("--flow-to", parser=day, metavar="YYYY-MM-DD", help="Last day of a second window, told beside the period.")
    ] = None
    snapshot: SnapshotOption = None
    language: LanguageOption = "vi"
    edits: Annotated[
        Path | None, typer.Option("--edits", help='TOML file with sentences in place of the written ones: key = "…" (`report text` lists keys).')
    ] = None
    without: Annotated[list[str] | None, typer.Option("--without", help="Section to leave out, by name; may be given several times.")] = None

    def resolve(self, home: Home) -> tuple[Request, Inputs]:
        """What the options mean, on the snapshot that is meant."""
        from dashboard.reports.archive.report_per_unit import population_of_unit
        from dashboard.reports.content.by_hand.own_words import passages_of, read_passages
        from dashboard.reports.content.inputs import population_in, read_inputs, statistics_reader, usual_population
        from dashboard.reports.content.kinds import kind_named
        from dashboard.reports.content.request import Request
        from dashboard.session.state import populations_of

        inputs = replace(read_inputs(home), edits=read_edits(self.edits))
        own = read_passages(home.root)
        reader = statistics_reader(home, inputs, self.snapshot)
        period = self.period(reader.info)
        known = populations_of(reader.groups()["pilot_group"].to_list())
        if self.group is not None and self.group not in known:
            raise ConfigurationError(f"There is no group {self.group!r} in this snapshot. Write one of: {', '.join(known)}.")
        population = self.group or population_in(reader, period, usual_population(home, inputs))
        if self.unit is not None and self.group is None and kind_named(self.kind).is_per_unit:
            population = population_of_unit(reader, self.unit, population)
        flow = None
        if self.flow_from or self.flow_to:
            flow = Period(self.flow_from.date() if self.flow_from else period.from_on, self.flow_to.date() if self.flow_to else period.to_on)
        without = tuple(dict.fromkeys(self.without or ()))
        request = Request(self.kind, period, population, self.unit, flow, self.language, without=without)
        return request, replace(inputs, own=passages_of(own, self.kind, period))

    def period(self, info: SnapshotInfo) -> Period:
        """The days of the report, named by both ends or as a usual period."""
        if self.preset is None:
            if self.previous or self.from_on is None or self.to_on is None:
                raise ConfigurationError(
                    "Which days? Give --from and --to, or a usual period: --period month (with --previous: the one that has ended)."
                )
            return Period(self.from_on.date(), self.to_on.date())
        period = preset_period(self.preset, self.to_on.date() if self.to_on else info.cutoff_on, self.from_on)
        return preset_period(self.preset, period.from_on - timedelta(days=1), None) if self.previous else period


@dataclass(frozen=True)
class DocumentOptions(ReportOptions):
    """A report that becomes files: also their kinds, number and date."""

    formats: FilesOption = None
    number: Annotated[
        int | None, typer.Option("--number", min=1, max=99_999, help="The document's number; without it a gap is left for the pen.")
    ] = None
    dated: Annotated[
        datetime | None, typer.Option("--dated", parser=day, metavar="YYYY-MM-DD", help="Date of the document (default: the snapshot's).")
    ] = None

    def resolve(self, home: Home) -> tuple[Request, Inputs]:
        """What the options mean, on the snapshot that is meant."""
        request, inputs = super().resolve(home)
        return replace(request, number=self.number, dated_on=self.dated.date() if self.dated else None), inputs


def without_page_warnings(home: Home) -> Home:
    """Keeps the dashboard's caches from telling, at each first use, that no page is served."""
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    return home


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
