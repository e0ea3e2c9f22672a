"""What commands share: options of one name and meaning, and what they become."""

from __future__ import annotations

import os
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Format, tell
from data.errors import ConfigurationError
from data.paths import DEMO_HOME, Home, home_of

if TYPE_CHECKING:
    from metrics.engines.duckdb import Snapshot
    from metrics.periods import Period
    from metrics.tree.scope import Scope


def command_group(help_text: str) -> typer.Typer:
    return typer.Typer(help=help_text, no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


class Grouping(StrEnum):
    unit = "unit"
    level = "level"
    province = "province"
    group = "group"
    doc_type = "doc_type"
    day = "day"
    week = "week"
    month = "month"


class Language(StrEnum):
    vi = "vi"
    en = "en"


class Tree(StrEnum):
    as_was = "as_was"
    as_is = "as_is"
    comparable = "comparable"


class Preset(StrEnum):
    day = "day"
    week = "week"
    month = "month"
    quarter = "quarter"
    half_year = "half_year"
    year = "year"
    reporting_year = "reporting_year"
    reporting_half = "reporting_half"
    reporting_nine_months = "reporting_nine_months"


HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder with vanban.toml and var/ (else VANBAN_HOME, this folder, the demo).")]
LanguageOption = Annotated[Language, typer.Option("--language", help="Language of labels and sentences.")]
FormatOption = Annotated[Format, typer.Option("--format", help="How figures come out.")]
FromOption = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, YYYY-MM-DD.")]
ToOption = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, YYYY-MM-DD (it counts).")]
UnitOption = Annotated[str | None, typer.Option("--unit", help="Unit code; the unit counts with everything below it.")]
GroupOption = Annotated[int | None, typer.Option("--group", help="Pilot group, e.g. 1.")]
PresetOption = Annotated[Preset | None, typer.Option("--period", help="A usual period: the one in which --to lies (default: the last day).")]
TreeOption = Annotated[Tree, typer.Option("--tree", help="Units as they were, restated on today's tree, or only those without change.")]
LevelOption = Annotated[list[str] | None, typer.Option("--level", help="Only units on this level, e.g. cap_huyen; may be given several times.")]
ProvinceOption = Annotated[list[str] | None, typer.Option("--province", help="Only this province; may be given several times.")]
OnlyOption = Annotated[list[str] | None, typer.Option("--only", help="Only this unit and what is below it; may be given several times.")]


def existing_home(option: Path | None) -> Home:
    """The home that is meant; a newcomer who names none and stands nowhere special gets the demo, and is told."""
    home = home_of(option)
    if option is None and not os.environ.get("VANBAN_HOME") and not home.config.exists() and Home(DEMO_HOME).config.exists():
        tell("No vanban.toml in this folder: reading the demo. Name another home with --home DIR.")
        return Home(DEMO_HOME)
    return home


def open_published(home: Home) -> Snapshot:
    from data.configuration import read_configuration
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot

    read_configuration(home)  # a wrong folder is told as such, not as missing figures
    return open_snapshot(published_snapshot(home.pointer))


def period_of(snapshot: Snapshot, from_on: datetime | None, to_on: datetime | None, preset: Preset | None) -> Period:
    """The period asked for; an end left open is the first or the last day that the data speak of."""
    from metrics.periods import PRESETS, Period

    last = to_on.date() if to_on else snapshot.info.cutoff_on
    if preset is None:
        return Period(from_on.date() if from_on else snapshot.info.first_on, last)
    if from_on is not None:
        raise ConfigurationError("--period and --from contradict each other. Give --period with --to (a day within it), or --from with --to.")
    return next(usual.of(last) for usual in PRESETS if usual.name == preset.value)


def scope_of(
    unit: str | None,
    group: int | None,
    tree: Tree = Tree.as_was,
    levels: list[str] | None = None,
    provinces: list[str] | None = None,
    only: list[str] | None = None,
) -> Scope:
    from metrics.tree.scope import Scope

    return Scope(
        unit_code=unit, group=group, tree=tree.value, levels=tuple(levels or ()), provinces=tuple(provinces or ()), unit_codes=tuple(only or ())
    )
