"""`vanban report …`: build, pin, approve, verify and send official reports without the dashboard."""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commands.options import (
    FormatOption,
    FromOption,
    HomeOption,
    Language,
    LanguageOption,
    Preset,
    PresetOption,
    ToOption,
    command_group,
    existing_home,
)
from console import Format, progress_bar, show, tell
from data.errors import ConfigurationError

if TYPE_CHECKING:
    from dashboard.ledger import Pin
    from dashboard.reports.request import Inputs, Request
    from data.paths import Home
    from metrics.engines import SnapshotInfo
    from metrics.periods import Period

report_app = command_group("Official reports: built from a snapshot, pinned, approved, verified.")


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
UnitOption = Annotated[str | None, typer.Option("--unit", help="Unit code; the unit counts with everything below it.")]
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


@report_app.command("build", epilog="Example: vanban report build so-ket --from 2024-07-01 --to 2024-07-31 --flow-to 2024-07-25 --out reports")
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
    from dashboard.reports.batch import file_stem, suffix_of
    from dashboard.reports.kinds import kind_named
    from dashboard.reports.pinning import build_now, make_files, with_restated

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


@report_app.command("text", epilog="Example: vanban report text so-ket --from 2024-07-01 --to 2024-07-31")
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

    from dashboard.reports.pinning import build_now

    place = quiet(existing_home(home))
    asked, inputs = ask(
        place, name, from_on, to_on, preset, previous, unit, group, flow_from, flow_to, snapshot, language, None, None, edits, without
    )
    paragraphs = list(build_now(place, asked, inputs, snapshot).paragraphs())
    frame = pl.DataFrame(
        {"key": [one.key for one in paragraphs], "edited": [one.is_edited for one in paragraphs], "text": [one.text for one in paragraphs]}
    )
    show(frame, output, empty="This report has no paragraph.")


@report_app.command("pin", epilog="Example: vanban report pin so-ket --from 2024-07-01 --to 2024-07-31 --number 12 --by 'Phòng Tổng hợp'")
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
    from dashboard.reports.pinning import pin_report

    place = quiet(existing_home(home))
    asked, inputs = ask(
        place, name, from_on, to_on, preset, previous, unit, group, flow_from, flow_to, snapshot, language, number, dated, edits, without
    )
    pinned = pin_report(place, asked, inputs, by, [one.value for one in formats or ()] or None, snapshot, revises=revises, cause=cause)
    tell(f"{pinned.title} is pinned as number {pinned.pin_id}, on snapshot {pinned.snapshot}. Next: vanban report approve {pinned.pin_id} --by NAME")
    print(pinned.pin_id)


@report_app.command("list", epilog="Example: vanban report list --format json")
def report_list(home: HomeOption = None, output: FormatOption = Format.table) -> None:
    """The reports of the ledger, newest first, with who pinned and approved them."""
    import polars as pl

    from dashboard.ledger import Ledger, has_ledger

    place, pins = quiet(existing_home(home)), list["Pin"]()
    if has_ledger(place):
        with Ledger(place) as ledger:
            pins = ledger.pins()
    frame = pl.DataFrame([row_of(pin) for pin in pins], schema=dict.fromkeys(ROW, pl.String) | {"id": pl.Int64, "revises": pl.Int64})
    show(frame, output, empty="No report is pinned yet. Pin one with: vanban report pin")


ROW = ("id", "report", "title", "status", "snapshot", "pinned_at", "pinned_by", "approved_at", "approved_by", "formats", "revises", "cause")


def row_of(pin: Pin) -> dict[str, str | int | None]:
    approval = next((step for step in pin.approvals if step.step == "approve"), None)
    return {
        "id": pin.pin_id,
        "report": pin.kind,
        "title": pin.title,
        "status": pin.status,
        "snapshot": pin.snapshot,
        "pinned_at": pin.created_at.isoformat(timespec="seconds"),
        "pinned_by": pin.created_by,
        "approved_at": approval.done_at.isoformat(timespec="seconds") if approval else None,
        "approved_by": approval.person if approval else None,
        "formats": ", ".join(pin.files),
        "revises": pin.revises,
        "cause": pin.cause or None,
    }


@report_app.command("approve", epilog="Example: vanban report approve 3 --by 'Cục trưởng'")
def report_approve(
    pin_id: IdArgument,
    by: ByOption,
    note: Annotated[str, typer.Option("--note", help="What is to be remembered with the approval.")] = "",
    home: HomeOption = None,
) -> None:
    """Approve a pinned report: a step with its time and person, which nothing takes back."""
    step(quiet(existing_home(home)), pin_id, "approve", by, note)


@report_app.command("publish", epilog="Example: vanban report publish 3 --by 'Văn phòng'")
def report_publish(
    pin_id: IdArgument,
    by: ByOption,
    note: Annotated[str, typer.Option("--note", help="Where or to whom it was published.")] = "",
    home: HomeOption = None,
) -> None:
    """Say that an approved report has been published."""
    step(quiet(existing_home(home)), pin_id, "publish", by, note)


@report_app.command("get", epilog="Example: vanban report get 3 --out reports")
def report_get(
    pin_id: IdArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    home: HomeOption = None,
) -> None:
    """Write the files of a pinned report as they were pinned, byte for byte."""
    from dashboard.ledger import Ledger
    from dashboard.reports.batch import file_stem, suffix_of
    from dashboard.reports.record import request_of

    with Ledger(quiet(existing_home(home))) as ledger:
        pinned, stem = ledger.pin_of(pin_id), file_stem(request_of(ledger.record(pin_id).request))
        files = {f"{stem}{suffix_of(name)}": ledger.file(pin_id, name) for name in pinned.files}
    for path in put(out, files):
        print(path)


@report_app.command("send", epilog="Example: vanban report send 3 --to vanphong@example.vn")
def report_send(
    pin_id: IdArgument,
    to: Annotated[list[str], typer.Option("--to", help="Mail address; may be given several times.")],
    subject: Annotated[str, typer.Option("--subject", help="Subject of the mail (default: the report's title).")] = "",
    formats: FilesOption = None,
    home: HomeOption = None,
) -> None:
    """Mail the files of an approved report through the server of [report.mail]; off while vanban.toml names none."""
    from dashboard.ledger import Ledger
    from dashboard.reports.batch import file_stem, suffix_of
    from dashboard.reports.mail import mail_settings, message, send
    from dashboard.reports.record import request_of
    from data.configuration import read_configuration

    place = quiet(existing_home(home))
    settings = mail_settings(read_configuration(place))
    if settings is None:
        raise ConfigurationError("Sending is off: vanban.toml has no [report.mail]. docs/operations.md shows what to write there.")
    with Ledger(place) as ledger:
        pinned, stem = ledger.pin_of(pin_id), file_stem(request_of(ledger.record(pin_id).request))
        if pinned.status not in ("approved", "published"):
            raise ConfigurationError(f"Report {pin_id} is {pinned.status}, and only approved ones are sent. Approve it: vanban report approve")
        wanted = [one.value for one in formats or ()] or list(pinned.files)
        files = {f"{stem}{suffix_of(name)}": ledger.file(pin_id, name) for name in wanted}
    text = f"{pinned.title}\n\nTệp đính kèm: {', '.join(files)}\nBản chụp số liệu: {pinned.snapshot}\n"
    send(place, settings, message(settings, to, subject or pinned.title, text, files))
    tell(f"Sent {len(files)} files of report {pin_id} to {', '.join(to)}.")


@report_app.command("verify", epilog="Example: vanban report verify 3")
def report_verify(
    pin_id: Annotated[int | None, typer.Argument(help="Number of the report in the ledger (default: every pinned one).")] = None,
    home: HomeOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Build pinned reports anew and compare every byte, and read the kept files again. Ends with 1 where one differs."""
    import polars as pl

    from dashboard.ledger import Ledger
    from dashboard.reports.pinning import verify

    place = quiet(existing_home(home))
    with Ledger(place) as ledger:
        ids = [pin_id] if pin_id is not None else [pin.pin_id for pin in ledger.pins() if pin.status != "draft"]
    rows = []
    with progress_bar("Verifying") as bar:
        for one in ids:
            bar.step(f"report {one}")
            rows += [
                {"id": one, "file": found.format, "equal": found.is_equal, "kept": found.is_kept, "sha256": found.pinned, "why": found.why}
                for found in verify(place, one)
            ]
    schema = {"id": pl.Int64, "file": pl.String, "equal": pl.Boolean, "kept": pl.Boolean, "sha256": pl.String, "why": pl.String}
    show(pl.DataFrame(rows, schema=schema), output, empty="No report is pinned yet.")
    if not all(row["equal"] for row in rows):
        tell("A report cannot be built again as it was pinned. What was pinned is kept; the column `why` says what is known.")
        raise typer.Exit(1)


@report_app.command("diff", epilog="Example: vanban report diff 3")
def report_diff(
    pin_id: IdArgument,
    snapshot: SnapshotOption = None,
    home: HomeOption = None,
    output: FormatOption = Format.table,
) -> None:
    """Then and now: the figures of a pinned report that read differently today, each with its cause."""
    import polars as pl

    from dashboard.reports.pinning import differences_of

    found = differences_of(quiet(existing_home(home)), pin_id, snapshot)
    rows = [
        {
            "metric": one.figure.metric,
            "label": one.figure.label,
            "unit_code": one.figure.unit_code,
            "period_from": one.figure.period_from,
            "period_to": one.figure.period_to,
            "then": one.figure.text,
            "now": one.now.text,
            "cause": one.cause,
        }
        for one in found
    ]
    schema = dict.fromkeys(("metric", "label", "unit_code", "then", "now", "cause"), pl.String) | {"period_from": pl.Date, "period_to": pl.Date}
    show(pl.DataFrame(rows, schema=schema), output, empty="Every figure reads as it was pinned.")


# ---------------------------------------------------------------- what these commands share


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

    from dashboard.reports.batch import population_of_unit
    from dashboard.reports.installation import population_in, read_inputs, statistics_reader, usual_population
    from dashboard.reports.kinds import kind_named
    from dashboard.reports.request import Request
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


def build_all(home: Home, request: Request, inputs: Inputs, formats: list[str], snapshot: str | None, out: Path) -> None:
    """One archive with the report of every unit."""
    from dataclasses import replace

    from dashboard.reports.batch import all_units, archive, file_stem
    from dashboard.reports.installation import statistics_reader
    from dashboard.reports.kinds import kind_named

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


def step(home: Home, pin_id: int, name: Literal["approve", "publish"], by: str, note: str) -> None:
    from dashboard.ledger import Ledger

    with Ledger(home) as ledger:
        ledger.take_step(pin_id, name, by, note)
        tell(f"Report {pin_id} is {ledger.pin_of(pin_id).status}.")
