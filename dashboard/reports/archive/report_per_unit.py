"""One report for each unit in one archive: the same bytes for the same figures, whoever builds it and however often."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from dashboard.reports.archive.pinning import make_files
from dashboard.reports.content.build import build
from dashboard.reports.content.inputs import reader_for
from dashboard.reports.content.request import Inputs, Request
from dashboard.reports.writers import format_named
from dashboard.session.queries import Reader
from dashboard.session.state import Population
from dashboard.ui.unit_names import Unit, unit_tree
from data.paths import Home

LONGEST_UNIT = 100
"""Letters of a unit's code in the name of a file, of which no system takes more than 255."""
Progress = Callable[[int, int, str], None]
"""Called with how many are done, how many there are, and what is made now."""


def reported_units(reader: Reader, request: Request, inputs: Inputs) -> list[Unit]:
    """The units that existed on some day of the period, in tree order; those below the request's unit where it names one."""
    tree = unit_tree(reader.units(), inputs.organisation)
    below = tree.below(request.unit_code) if request.unit_code else frozenset(tree.units)
    return [unit for unit in tree.units.values() if unit.code in below and unit.is_valid_in(request.period.from_on, request.period.to_on)]


def population_of_unit(reader: Reader, unit_code: str, asked: Population) -> Population:
    """Whose figures a unit's sheet tells: in the pilot's reading those of the unit's own group, else what was asked for."""
    if asked != "pilot":
        return asked
    group = dict(reader.units().select("unit_code", "pilot_group").iter_rows()).get(unit_code)
    return "pilot" if group is None else str(group)


def all_units(
    home: Home, request: Request, inputs: Inputs, formats: Sequence[str], snapshot: str | None, progress: Progress
) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of every file, unit by unit in tree order, all on one snapshot."""
    whole = reader_for(home, replace(request, unit_code=None), inputs, snapshot)
    pinned = whole.info.snapshot
    units = reported_units(whole, request, inputs)
    taken: set[str] = set()
    for done, unit in enumerate(units):
        progress(done, len(units), unit.label)
        own = replace(request, unit_code=unit.code, population=population_of_unit(whole, unit.code, request.population))
        report = build(reader_for(home, own, inputs, pinned), own, inputs)
        stem = file_stem(own)
        if stem in taken:  # two codes that differ in characters which no file name may have
            stem = f"{stem}_{done}"
        taken.add(stem)
        for name, content in make_files(report, formats).items():
            yield f"{stem}{suffix_of(name)}", content
    progress(len(units), len(units), "")


def archive(files: Iterator[tuple[str, bytes]], at: datetime) -> bytes:
    """A ZIP of the files in their order, each dated `at`."""
    stamp = (max(at.year, 1980), at.month, at.day, at.hour, at.minute, at.second // 2 * 2)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as container:
        for name, content in files:
            entry = zipfile.ZipInfo(name, date_time=stamp)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            # Documents are compressed already; what is text is worth it.
            entry.compress_type = zipfile.ZIP_DEFLATED if name.endswith((".json", ".html")) else zipfile.ZIP_STORED
            container.writestr(entry, content)
    return packed.getvalue()


def file_stem(request: Request) -> str:
    """`don-vi_T22_2024-07-01_2024-07-31`: the name of a report's files, of letters that every system takes."""
    letters = (request.unit_code or "")[:LONGEST_UNIT]
    unit = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_") else "_" for letter in letters)
    language = "" if request.language == "vi" else request.language
    return "_".join(filter(None, (request.kind, unit, request.period.from_on.isoformat(), request.period.to_on.isoformat(), language)))


def suffix_of(name: str) -> str:
    """The file name's end for a format, or for the figures file."""
    return ".so-lieu.json" if name == "json" else format_named(name).suffix
