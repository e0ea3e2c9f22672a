"""`vanban report build`, `text` and `pin`: a report made from a snapshot, as files, as sentences or frozen in the ledger."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.console import Format, progress_bar, show, tell
from cli.options import FormatOption, FromOption, HomeOption, Language, LanguageOption, PresetOption, ToOption, UnitOption, existing_home
from cli.report_request import (
    ByOption,
    DatedOption,
    EditsOption,
    FilesOption,
    FlowFromOption,
    FlowToOption,
    GroupOption,
    KindArgument,
    NumberOption,
    PreviousOption,
    SnapshotOption,
    WithoutOption,
    ask,
    quiet,
)
from data.errors import ConfigurationError

if TYPE_CHECKING:
    from dashboard.reports.content.request import Inputs, Request
    from data.paths import Home


def report_build(
    name: KindArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    previous: PreviousOption = False,
    unit: UnitOption = None,
    all_units: Annotated[bool, typer.Option("--all-units", help="One report for each unit (below --unit), in one ZIP.")] = False,
    group: GroupOption = None,
    flow_from: FlowFromOption = None,
    flow_to: FlowToOption = None,
    snapshot: SnapshotOption = None,
    formats: FilesOption = None,
    language: LanguageOption = Language.vi,
    number: NumberOption = None,
    dated: DatedOption = None,
    edits: EditsOption = None,
    without: WithoutOption = None,
    home: HomeOption = None,
) -> None:
    """Write a report's files, and its figures file beside; what stands under these names is replaced only when all is done."""
    from dashboard.ledger import Ledger, has_ledger
    from dashboard.reports.archive.pinning import build_now, make_files, with_restated
    from dashboard.reports.archive.report_per_unit import file_stem, suffix_of
    from dashboard.reports.content.kinds import kind_named

    place = quiet(existing_home(home))
    asked, inputs = ask(
        place, name, from_on, to_on, preset, previous, unit, group, flow_from, flow_to, snapshot, language, number, dated, edits, without
    )
    wanted = [one.value for one in formats or ()] or list(kind_named(name.value).formats)
    if all_units:
        build_all(place, asked, inputs, wanted, snapshot, out)
        return
    if has_ledger(place):  # a report that is only built leaves no ledger behind
        with Ledger(place) as ledger:
            inputs = with_restated(place, ledger, asked, inputs, snapshot)
    with progress_bar("Building the report") as bar:
        bar.step("figures and sentences")
        report = build_now(place, asked, inputs, snapshot)
        bar.step("files")
        files = make_files(report, wanted)
    written = put(out, {f"{file_stem(asked)}{suffix_of(kind)}": content for kind, content in files.items()})
    made_from = report.provenance
    synthetic = ", SYNTHETIC" if made_from.is_synthetic else ""
    tell(f"{report.title}: {len(report.figures)} figures from snapshot {made_from.snapshot}{synthetic}.")
    for path in written:
        print(path)


def report_text(
    name: KindArgument,
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    previous: PreviousOption = False,
    unit: UnitOption = None,
    group: GroupOption = None,
    flow_from: FlowFromOption = None,
    flow_to: FlowToOption = None,
    snapshot: SnapshotOption = None,
    language: LanguageOption = Language.vi,
    edits: EditsOption = None,
    without: WithoutOption = None,
    output: FormatOption = Format.table,
    home: HomeOption = None,
) -> None:
    """Each paragraph of a report with the key by which it is edited."""
    import polars as pl

    from dashboard.reports.archive.pinning import build_now

    place = quiet(existing_home(home))
    asked, inputs = ask(
        place, name, from_on, to_on, preset, previous, unit, group, flow_from, flow_to, snapshot, language, None, None, edits, without
    )
    paragraphs = list(build_now(place, asked, inputs, snapshot).paragraphs())
    frame = pl.DataFrame(
        {"key": [one.key for one in paragraphs], "edited": [one.is_edited for one in paragraphs], "text": [one.text for one in paragraphs]}
    )
    show(frame, output, empty="This report has no paragraph.")


def report_pin(
    name: KindArgument,
    by: ByOption,
    from_on: FromOption = None,
    to_on: ToOption = None,
    preset: PresetOption = None,
    previous: PreviousOption = False,
    unit: UnitOption = None,
    group: GroupOption = None,
    flow_from: FlowFromOption = None,
    flow_to: FlowToOption = None,
    snapshot: SnapshotOption = None,
    formats: FilesOption = None,
    language: LanguageOption = Language.vi,
    number: NumberOption = None,
    dated: DatedOption = None,
    edits: EditsOption = None,
    without: WithoutOption = None,
    revises: Annotated[int | None, typer.Option("--revises", help="Number of the pinned report that this one takes the place of.")] = None,
    cause: Annotated[str, typer.Option("--cause", help="With --revises: why the earlier one does not stand.")] = "",
    home: HomeOption = None,
) -> None:
    """Freeze a report in the ledger: figures, sentences, files and the snapshot they come from. Prints its number."""
    from dashboard.reports.archive.pinning import pin_report

    place = quiet(existing_home(home))
    asked, inputs = ask(
        place, name, from_on, to_on, preset, previous, unit, group, flow_from, flow_to, snapshot, language, number, dated, edits, without
    )
    pinned = pin_report(place, asked, inputs, by, [one.value for one in formats or ()] or None, snapshot, revises=revises, cause=cause)
    tell(f"{pinned.title} is pinned as number {pinned.pin_id}, on snapshot {pinned.snapshot}. Next: vanban report approve {pinned.pin_id} --by NAME")
    print(pinned.pin_id)


def build_all(home: Home, request: Request, inputs: Inputs, formats: list[str], snapshot: str | None, out: Path) -> None:
    """One archive with the report of every unit."""
    from dataclasses import replace

    from dashboard.reports.archive.report_per_unit import all_units, archive, file_stem
    from dashboard.reports.content.inputs import statistics_reader
    from dashboard.reports.content.kinds import kind_named

    if not kind_named(request.kind).is_per_unit:
        raise ConfigurationError(f"{request.kind} is one report for all. Reports made per unit: don-vi.")
    published_at = statistics_reader(home, inputs, snapshot).info.published_at
    with progress_bar("Building a report for each unit") as bar:
        files = all_units(
            home, request, inputs, formats, snapshot, lambda done, of, unit: bar.fraction(f"{done}/{of} {unit}", done / of if of else 1.0)
        )
        packed = archive(files, published_at)
    (path,) = put(out, {f"{file_stem(replace(request, unit_code=request.unit_code or 'tat-ca'))}.zip": packed})
    print(path)


def put(folder: Path, files: dict[str, bytes]) -> list[Path]:
    """Writes all of the files beside their places first, then puts each in its place: nothing half written is ever seen."""
    import os

    unfinished = {folder / name: folder / f".{name}.{os.getpid()}.unfinished" for name in files}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, beside in unfinished.items():
            beside.write_bytes(files[path.name])
        for path, beside in unfinished.items():
            beside.replace(path)
    except OSError as error:
        for beside in unfinished.values():
            with contextlib.suppress(OSError):
                beside.unlink()
        raise ConfigurationError(f"The files cannot be written to {folder} ({error.strerror}). Name another folder with --out.") from None
    return list(unfinished)
