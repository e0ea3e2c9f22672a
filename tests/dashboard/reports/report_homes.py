"""Homes that a report can be pinned in: a writable copy of the demo's snapshot, or a few rows of one's own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dashboard.reports.content.blocks import Heading, Paragraph, Report
from dashboard.reports.content.inputs import read_inputs, reader_for
from dashboard.reports.content.request import Inputs, Request
from dashboard.session.state import Population
from data.paths import Home
from metrics.periods import Period
from tests.tiny_snapshot import Row, write_snapshot

JULY = Period(date(2024, 7, 1), date(2024, 7, 31))
FLOW = Period(date(2024, 7, 1), date(2024, 7, 25))

CONFIGURATION = """\
title = "Thử"
organisation = "Viện kiểm sát nhân dân"

[words]
abbreviation = "VKSND"

[etl]
sources = []

[dashboard]
targets = "targets.csv"

[report]
parent_organ = "Cơ quan cấp trên"
issuing_organ = "Đơn vị thống kê"
organ_abbreviation = "ĐVTK"
place = "Hà Nội"
"""
TARGETS = "metric,unit_code,level,from_on,target\nactivation_rate,,,2024-07-01,90%\nlogin_rate,,,2024-07-01,90%\n"


def tiny_home(folder: Path, rows: dict[str, list[Row]], configuration: str = CONFIGURATION, targets: str = TARGETS) -> Home:
    """A home whose published snapshot holds these rows."""
    home = Home(folder)
    write_snapshot(home.snapshots, rows)
    home.config.write_text(configuration, encoding="utf-8")
    (folder / "targets.csv").write_text(targets, encoding="utf-8")
    return home


def copied_home(demo: Path, folder: Path) -> Home:
    """The demo's configuration and published snapshot, to pin reports in."""
    home = Home(folder)
    home.snapshots.mkdir(parents=True)
    for path in (demo / "var" / "snapshots").iterdir():
        shutil.copyfile(path, home.snapshots / path.name)
    for name in ("vanban.toml", "targets.csv"):
        shutil.copyfile(demo / name, folder / name)
    return home


def account(number: int, unit: str, *, activated: bool = True, provisioned_on: date = date(2024, 1, 1)) -> Row:
    """An account of a unit for all time."""
    activated_on = date(2024, 7, 2) if activated else None
    return {"account_key": f"{unit}-{number}", "unit_code": unit, "activated_on": activated_on, "provisioned_on": provisioned_on}


def login(number: int, unit: str, on: date = date(2024, 7, 10)) -> Row:
    return {"account_key": f"{unit}-{number}", "day_on": on, "has_logged_in": True}


def built(
    home: Home, kind: str = "so-ket", period: Period = JULY, population: Population = "all", inputs: Inputs | None = None, **asked: object
) -> Report:
    """The report as the command line builds it."""
    from dashboard.reports.content.build import build

    request = Request(kind, period, population, **asked)  # type: ignore[arg-type]
    inputs = inputs or read_inputs(home, request)
    return build(reader_for(home, request, inputs), request, inputs)


def paragraph(report: Report, key: str) -> str:
    """The text of one paragraph; a KeyError names the missing one."""
    return {one.key: one.text for one in report.paragraphs()}[key]


def keys(report: Report) -> Sequence[str]:
    return [one.key for one in report.paragraphs()]


def body(report: Report) -> str:
    """Everything that stands before the annexes, headings and sentences, one per line."""
    return "\n".join(block.text for block in report.blocks if isinstance(block, Paragraph | Heading))
