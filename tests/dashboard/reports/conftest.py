"""The review report of the pilot, built once from the demo for all tests that read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.reports.content.blocks import Report
from data.paths import Home
from tests.dashboard.reports.report_homes import FLOW, built


@pytest.fixture(scope="session")
def pilot_report(demo_home: Path) -> Report:
    """The pilot's review as the statistics department would ask for it: July 2024, and 1 to 25 July beside."""
    return built(Home(demo_home), population="pilot", flow=FLOW, number=5)
