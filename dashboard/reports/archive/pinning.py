"""From a request to files, from files into the ledger, and back: pin, rebuild, verify."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dashboard.ledger import FinishedReport, Ledger, Pin, Record
from dashboard.ledger.actor import Actor
from dashboard.reports.archive.differences import Difference, differences, restated
from dashboard.reports.archive.json_record import figure_of, figures_file, inputs_of, record_of, request_of
from dashboard.reports.content.blocks import Report
from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import reader_for
from dashboard.reports.content.kinds import TEMPLATE_VERSION, kind_named
from dashboard.reports.content.request import Inputs, Request
from dashboard.reports.writers import format_named
from data.errors import ConfigurationError
from data.paths import Home
from data.snapshot import SCHEMA_VERSION, OtherSchema

FIGURES = "json"
"""Name of the figures file among a report's files."""


def make_files(report: Report, formats: Sequence[str]) -> dict[str, bytes]:
    """The report in each format, and its figures file beside; by format."""
    return {name: file_of(report, name) for name in dict.fromkeys((*formats, FIGURES))}


def file_of(report: Report, name: str) -> bytes:
    """A report in a format, or its figures file."""
    if name == FIGURES:
        return (json.dumps(figures_file(report), ensure_ascii=False, indent=1) + "\n").encode("utf-8")
    return format_named(name).write(report)


def build_now(home: Home, request: Request, inputs: Inputs, snapshot: str | None = None) -> Report:
    """The report on the published snapshot, or on the one named."""
    return build(reader_for(home, request, inputs, snapshot), request, inputs)


def with_restated(home: Home, ledger: Ledger, request: Request, inputs: Inputs, snapshot: str | None = None) -> Inputs:
    """The inputs with what the last pinned report of the kind says differently by today's data; as they are where there is none."""
    earlier = _earlier(ledger, request)
    if earlier is None:
        return inputs
    reader = reader_for(home, request, inputs, snapshot)
    told = restated(reader, earlier, ledger.record(earlier.pin_id), inputs)
    return replace(inputs, restated=told, compared_with=earlier.title)


def _earlier(ledger: Ledger, request: Request) -> Pin | None:
    """The newest pinned report of the same kind and unit whose period ended before this one ends."""
    for pin in ledger.pins(request.kind):
        if pin.status == "draft":
            continue
        before = request_of(ledger.record(pin.pin_id).request)
        if before.unit_code == request.unit_code and before.language == request.language and before.period.to_on < request.period.to_on:
            return pin
    return None


def pin_report(
    home: Home,
    request: Request,
    inputs: Inputs,
    person: str,
    formats: Sequence[str] | None = None,
    snapshot: str | None = None,
    draft: int | None = None,
    revises: int | None = None,
    cause: str = "",
    actor: Actor | None = None,
) -> Pin:
    """Builds the report, keeps its files and figures, and holds its snapshot; the pin.

    With `revises`, the differences to that report's figures are kept with the cause. What needs no figure to be refused (the name, the
    cause, another kind or unit, a folder that takes no files) is refused before one is computed. Raises ConfigurationError as `build` and
    `Ledger.pin` do, where nothing at all is known of the period, and where the revised report is of another kind or unit.
    """
    kind = kind_named(request.kind)
    with Ledger(home, actor) as ledger:
        ledger.require_to_pin(person, revises, cause)
        if revises is not None:
            _require_same_subject(request, request_of(ledger.record(revises).request), revises)
        inputs = with_restated(home, ledger, request, inputs, snapshot)
        reader = reader_for(home, request, inputs, snapshot)
        report = build(reader, request, inputs)
        if any(gap.is_grave for gap in report.gaps):
            raise ConfigurationError(
                f"Nothing is known of {request.period.from_on} to {request.period.to_on}: there is nothing to pin."
                " Load the data of these days first (vanban etl run), or choose days that the data speak of."
            )
        told: list[Difference] = []
        if revises is not None:
            told = differences(reader, ledger.pin_of(revises), ledger.record(revises), inputs)
        making = FinishedReport(
            kind=request.kind,
            title=report.title,
            record=record_of(request, inputs, report.figures),
            snapshot=report.provenance.snapshot,
            content_hash=report.provenance.content_hash,
            template_version=TEMPLATE_VERSION,
            files=make_files(report, formats or kind.formats),
        )
        pin_id = ledger.pin(making, person, draft, revises, cause, [one.as_values() for one in told])
        return ledger.pin_of(pin_id)


def _require_same_subject(request: Request, revised: Request, pin_id: int) -> None:
    if (request.kind, request.unit_code, request.language) != (revised.kind, revised.unit_code, revised.language):
        raise ConfigurationError(
            f"Report {pin_id} is {revised.kind} ({revised.unit_code or 'the whole'}, {revised.language}):"
            " a revision is of the same kind, unit and language. Name the report that this one takes the place of."
        )


def differences_of(home: Home, pin_id: int, snapshot: str | None = None) -> list[Difference]:
    """Then and now: what a pinned report says differently on the published snapshot, or on the one named."""
    with Ledger(home) as ledger:
        pin, record = ledger.pin_of(pin_id), ledger.record(pin_id)
    if pin.status == "draft":
        raise ConfigurationError(f"Report {pin_id} is a draft: it has no figures to compare yet. Pin it first.")
    request, inputs = request_of(record.request), inputs_of(record.inputs)
    return differences(reader_for(home, request, inputs, snapshot), pin, record, inputs)


By = Literal["bytes", "figures", "kept"]
"""By what a pinned report is verified: its files made anew; where another template wrote it, every figure computed anew; where the snapshot is
of an earlier version of the program, the kept files alone, against the digests in the ledger."""


@dataclass(frozen=True)
class Verified:
    """What a rebuilt file says of a pinned one."""

    format: str
    pinned: str
    """SHA-256 at pinning."""
    is_kept: bool
    """Whether the kept bytes still have it."""
    rebuilt: str | None
    """SHA-256 of the file built anew; None where it cannot be built any more."""
    why: str = ""
    by: By = "bytes"

    @property
    def is_equal(self) -> bool | None:
        """Whether what was pinned comes out again; None where an earlier version of the program made it from a snapshot that this one cannot read."""
        if not self.is_kept:
            return False
        return None if self.by == "kept" else self.by == "figures" or self.rebuilt == self.pinned

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against the report: it is kept as it was pinned, and equal where it can be made again."""
        return self.is_equal is not False


def verify(home: Home, pin_id: int) -> list[Verified]:
    """Builds a pinned report anew from its snapshot and inputs, and compares every byte; also reads the kept files again.

    Of a report that another template wrote, every figure is computed anew instead; of one whose snapshot an earlier version of the program
    wrote, the kept files are read again, and nobody is told to make what cannot be made.
    """
    with Ledger(home) as ledger:
        pin = ledger.pin_of(pin_id)
        if pin.status == "draft":
            raise ConfigurationError(f"Report {pin_id} is a draft: there is nothing pinned to verify. Pin it first.")
        kept = {name: _is_kept(ledger, pin_id, name) for name in pin.files}
        record = ledger.record(pin_id)
    try:
        if pin.template_version != TEMPLATE_VERSION:
            why = _figures_differ(home, pin, record)
            told = f"written by template version {pin.template_version}, this program has {TEMPLATE_VERSION}; {why or 'every figure holds'}"
            return [Verified(name, digest, kept[name], None, told, "bytes" if why else "figures") for name, digest in pin.files.items()]
        rebuilt, why = _rebuilt(home, pin, record)
    except OtherSchema as error:
        return _verified_as_kept(pin, kept, error.schema_version)
    return [
        Verified(name, digest, kept[name], hashlib.sha256(rebuilt[name]).hexdigest() if name in rebuilt else None, why)
        for name, digest in pin.files.items()
    ]


def _verified_as_kept(pin: Pin, kept: dict[str, bool], schema_version: int) -> list[Verified]:
    built = f"built by template version {pin.template_version} on a snapshot of version {schema_version}"
    told = f"{built}, which this program ({TEMPLATE_VERSION} and {SCHEMA_VERSION}) cannot make anew"
    return [
        Verified(name, digest, kept[name], None, f"kept, {told}" if kept[name] else f"not kept as it was pinned; {told}", "kept")
        for name, digest in pin.files.items()
    ]


def _is_kept(ledger: Ledger, pin_id: int, name: str) -> bool:
    try:
        ledger.file(pin_id, name)
    except ConfigurationError:
        return False
    return True


def _figures_differ(home: Home, pin: Pin, record: Record) -> str:
    """Which figures of a pinned report its own snapshot gives otherwise now, in words; empty where all hold."""
    request, inputs = request_of(record.request), inputs_of(record.inputs)
    try:
        found = differences(reader_for(home, request, inputs, pin.snapshot), pin, record, inputs)
    except OtherSchema:
        raise
    except ConfigurationError as error:
        return str(error)
    return f"{len(found)} figures differ, the first is {found[0].figure.key}" if found else ""


def _rebuilt(home: Home, pin: Pin, record: Record) -> tuple[dict[str, bytes], str]:
    """The files built anew, and what stands in the way or explains a difference."""
    try:
        report = build_now(home, request_of(record.request), inputs_of(record.inputs), pin.snapshot)
    except OtherSchema:
        raise
    except ConfigurationError as error:
        return {}, str(error)
    now = {figure.key: figure for figure in report.figures}
    changed = [figure for figure in map(figure_of, record.figures) if now.get(figure.key) != figure]
    why = f"{len(changed)} figures differ, the first is {changed[0].key}" if changed else ""
    return make_files(report, [name for name in pin.files if name != FIGURES]), why
