"""Options that commands share, each typed once: single ones, and those that together say which figures are meant."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, is_dataclass, replace
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.terminal.console import OutputFormat, tell
from data.errors import ConfigurationError
from data.language import Language
from data.paths import DEMO_HOME, Home, home_of
from metrics.periods import PRESETS, Period
from metrics.tree.scope import Scope, Tree

if TYPE_CHECKING:
    from metrics.engines import Snapshot


def with_single_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer reads it: a parameter that is a dataclass of options becomes one option for each of its fields."""
    single: list[inspect.Parameter] = []
    together: dict[str, tuple[type, list[str]]] = {}
    for parameter in inspect.signature(command, eval_str=True).parameters.values():
        if is_dataclass(parameter.annotation) and isinstance(parameter.annotation, type):
            fields = inspect.signature(parameter.annotation, eval_str=True).parameters
            together[parameter.name] = (parameter.annotation, list(fields))
            single += fields.values()
        else:
            single.append(parameter)

    @wraps(command)
    def run(**given: Any) -> None:
        made = {name: kind(**{field: given.pop(field) for field in fields}) for name, (kind, fields) in together.items()}
        command(**made, **given)

    as_read = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in single]
    run.__signature__ = inspect.Signature(as_read)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in single}
    return run


def one_of(names: Callable[[], Iterable[str]]) -> Callable[[str], str]:
    """Reads a name that must be among `names`, which are only asked for when the option is given."""

    def name(text: str) -> str:
        known = list(names())
        if text not in known:
            raise typer.BadParameter(f"{text!r} is not one of {', '.join(map(repr, known))}.")
        return text

    return name


def day(text: str) -> datetime:
    """Reads a day, written as ISO 8601 has it: 03/04 is a day of April to some and of March to others."""
    try:
        return datetime.strptime(text, "%Y-%m-%d")
    except ValueError:
        pass
    try:
        meant = f" {text} may be {datetime.strptime(text, '%d/%m/%Y'):%Y-%m-%d}."
    except ValueError:
        meant = ""
    raise typer.BadParameter(f"{text!r} is no day as they are written here: YYYY-MM-DD, like 2024-07-31.{meant}")


PRESET_NAMES = [preset.name for preset in PRESETS]

HomeOption = Annotated[Path | None, typer.Option("--home", help="Folder with vanban.toml and var/ (else VANBAN_HOME, this folder, the demo).")]
LanguageOption = Annotated[Language, typer.Option("--language", help="Language of labels and sentences.")]
EngineOption = Annotated[
    str | None, typer.Option("--engine", metavar="ADDRESS", help="A Spark that does it: sc://host:port (Spark Connect) or spark://host:port.")
]
OutputOption = Annotated[OutputFormat, typer.Option("--format", help="How figures come out.")]
FromOption = Annotated[datetime | None, typer.Option("--from", parser=day, metavar="YYYY-MM-DD", help="First day.")]
ToOption = Annotated[datetime | None, typer.Option("--to", parser=day, metavar="YYYY-MM-DD", help="Last day (it counts).")]
PresetOption = Annotated[
    str | None,
    typer.Option(
        "--period",
        parser=one_of(lambda: PRESET_NAMES),
        metavar=f"<{'|'.join(PRESET_NAMES)}>",
        help="A usual period: the one in which --to lies (default: the last day).",
    ),
]
UnitOption = Annotated[str | None, typer.Option("--unit", help="Unit code; the unit counts with everything below it.")]
PortOption = Annotated[int, typer.Option(min=1, max=65535, help="Port of the dashboard on this machine.")]
IssuerOption = Annotated[str | None, typer.Option("--issuer", help="The provider of sign-ins (else issuer in [sign_in] of vanban.toml).")]
LocalOption = Annotated[
    bool, typer.Option("--local", help="Serve real figures without a sign-in, all of them to whoever sits at this machine and nobody else.")
]
BrowserOption = Annotated[bool, typer.Option("--browser/--no-browser", help="Open the dashboard in a browser.")]


@dataclass(frozen=True)
class Selection:
    """Which figures are meant: whose, of which days, on which tree."""

    from_on: FromOption = None
    to_on: ToOption = None
    preset: PresetOption = None
    unit: UnitOption = None
    group: Annotated[int | None, typer.Option("--group", help="Pilot group, e.g. 1.")] = None
    tree: Annotated[Tree, typer.Option("--tree", help="Units as they were, restated on today's tree, or only those without change.")] = "as_was"

    def period(self, snapshot: Snapshot) -> Period:
        """The period asked for; an end left open is the first or the last day that the data speak of."""
        last = self.to_on.date() if self.to_on else snapshot.info.cutoff_on
        if self.preset is not None:
            return preset_period(self.preset, last, self.from_on)
        return Period(self.from_on.date() if self.from_on else snapshot.info.first_on, last)

    def scope(self) -> Scope:
        return Scope(unit_code=self.unit, group=self.group, tree=self.tree)


@dataclass(frozen=True)
class NarrowSelection(Selection):
    """A selection that may be narrowed to some of its units."""

    levels: Annotated[list[str] | None, typer.Option("--level", help="Only units on this level, e.g. cap_huyen; may be given several times.")] = None
    provinces: Annotated[list[str] | None, typer.Option("--province", help="Only this province; may be given several times.")] = None
    only: Annotated[list[str] | None, typer.Option("--only", help="Only this unit and what is below it; may be given several times.")] = None

    def scope(self) -> Scope:
        return replace(super().scope(), levels=tuple(self.levels or ()), provinces=tuple(self.provinces or ()), unit_codes=tuple(self.only or ()))


def preset_period(name: str, on: date, from_on: datetime | None) -> Period:
    """The usual period of that name in which the day lies; a first day beside it is refused."""
    if from_on is not None:
        raise ConfigurationError("--period and --from contradict each other. Give --period with --to (a day within it), or --from with --to.")
    return next(preset.of(on) for preset in PRESETS if preset.name == name)


def existing_home(option: Path | None) -> Home:
    """The home that is meant; a newcomer who names none and stands nowhere special gets the demo, and is told."""
    home = home_of(option)
    if option is None and not os.environ.get("VANBAN_HOME") and not home.config.exists() and Home(DEMO_HOME).config.exists():
        tell("No vanban.toml in this folder: reading the demo. Name another home with --home DIR.")
        return Home(DEMO_HOME)
    return home


def issuer_of(home: Home, option: str | None) -> str:
    """The provider of sign-ins that is meant. Raises ConfigurationError where the home names none."""
    from data.configuration import read_configuration

    issuer = option or read_configuration(home).get("sign_in", {}).get("issuer")
    if not issuer:
        raise ConfigurationError("Which provider of sign-ins? Write issuer into [sign_in] of vanban.toml, or give it with --issuer.")
    return str(issuer)


def open_published(home: Home) -> Snapshot:
    """The home's published snapshot; a folder without a configuration is told as such, not as missing figures."""
    from data.snapshot import published_snapshot
    from metrics.engines.duckdb import open_snapshot

    speak_as(home)
    return open_snapshot(published_snapshot(home.pointer))


@contextmanager
def open_published_on(home: Home, engine: str | None) -> Iterator[Snapshot]:
    """The home's published snapshot, questions to which are answered by that Spark where one is named."""
    if engine is None:
        with open_published(home) as snapshot:
            yield snapshot
        return
    from data.snapshot import published_snapshot
    from data.spark import open_spark
    from metrics.engines.spark import open_spark_snapshot

    speak_as(home)
    path = published_snapshot(home.pointer)
    with open_spark(engine) as spark, open_spark_snapshot(path, spark, home.spark) as snapshot:
        yield snapshot


def speak_as(home: Home) -> None:
    """Takes the organisation's own words from the home for what this command says."""
    from data.configuration import read_configuration
    from data.language import use_words
    from data.organisation import words_of

    use_words(words_of(read_configuration(home)))
