"""`vanban report build`: a report as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.report.files import require_writable, tell_built, write_together
from cli.report.request import DocumentOptions, without_page_warnings
from cli.terminal.console import progress_bar, tell
from cli.terminal.options import HomeOption, existing_home
from data.errors import ConfigurationError

if TYPE_CHECKING:
    from dashboard.reports.content.request import Inputs, Request
    from data.paths import Home

MOST_SIGNS = 20
EXAMPLE = "so-ket --from 2024-07-01 --to 2024-07-31 --out reports"


def run(
    options: DocumentOptions,
    out: Annotated[Path, typer.Option("--out", help="Folder for the files.")],
    all_units: Annotated[bool, typer.Option("--all-units", help="One report for each unit (below --unit), in one ZIP.")] = False,
    home: HomeOption = None,
) -> None:
    """Write a report's files, and its figures file beside; what stands under these names is replaced only when all is done."""
    from dashboard.ledger import Ledger, has_ledger
    from dashboard.reports.archive.approval import gap_text
    from dashboard.reports.archive.pinning import build_now, make_files, with_restated
    from dashboard.reports.archive.report_per_unit import file_stem, suffix_of
    from dashboard.reports.content.kinds import kind_named
    from dashboard.reports.writers.pdf import lacking

    place = without_page_warnings(existing_home(home))
    request, inputs = options.resolve(place)
    require_writable(out)
    formats = options.formats or list(kind_named(options.kind).formats)
    if all_units:
        build_for_each_unit(place, request, inputs, formats, options.snapshot, out)
        return
    if has_ledger(place):  # a report that is only built leaves no ledger behind
        with Ledger(place) as ledger:
            inputs = with_restated(place, ledger, request, inputs, options.snapshot)
    with progress_bar("Building the report") as bar:
        bar.step("figures and sentences")
        report = build_now(place, request, inputs, options.snapshot)
        bar.step("files")
        files = make_files(report, formats)
    made_from = report.provenance
    named = {f"{file_stem(request)}{suffix_of(kind)}": content for kind, content in files.items()}
    tell_built(place, request, named, made_from.is_synthetic)
    written = write_together(out, named)
    synthetic = ", SYNTHETIC" if made_from.is_synthetic else ""
    tell(f"{report.title}: {len(report.figures)} figures from snapshot {made_from.snapshot}{synthetic}.")
    if report.gaps:
        tell(f"Before it can be approved it lacks: {'; '.join(gap_text(gap, 'en') for gap in report.gaps)}.")
    if "pdf" in formats and (signs := lacking(report)):
        shown = signs[:MOST_SIGNS] + ("…" if len(signs) > MOST_SIGNS else "")
        tell(f"The PDF prints □ for {len(signs)} characters that its typeface lacks ({shown}), and says so; the other files have them.")
    for path in written:
        print(path)


def build_for_each_unit(home: Home, request: Request, inputs: Inputs, formats: list[str], snapshot: str | None, out: Path) -> None:
    """One archive with the report of every unit."""
    from dashboard.reports.archive.report_per_unit import all_units, archive, file_stem
    from dashboard.reports.content.inputs import statistics_reader
    from dashboard.reports.content.kinds import kind_named

    if not kind_named(request.kind).is_per_unit:
        raise ConfigurationError(f"{request.kind} is one report for all. Reports made per unit: don-vi.")
    info = statistics_reader(home, inputs, snapshot).info
    with progress_bar("Building a report for each unit") as bar:
        files = all_units(
            home, request, inputs, formats, snapshot, lambda done, of, unit: bar.fraction(f"{done}/{of} {unit}", done / of if of else 1.0)
        )
        packed = archive(files, info.published_at)
    name = f"{file_stem(replace(request, unit_code=request.unit_code or 'tat-ca'))}.zip"
    tell_built(home, request, [name], info.is_synthetic)
    (path,) = write_together(out, {name: packed})
    print(path)
