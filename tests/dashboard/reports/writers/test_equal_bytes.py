"""Equal reports are equal bytes, in another process, another place on earth and at another time as well."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from dashboard.reports.writers import FORMATS
from data.language import use_words
from data.organisation import Words
from tests.dashboard.reports.sample_report import sample_report

PROJECT = Path(__file__).resolve().parents[4]
WRITER = """
import hashlib
from dashboard.reports.writers import FORMATS
from tests.dashboard.reports.sample_report import sample_report
for hostile in (False, True):
    for one in FORMATS:
        print(one.name, hostile, hashlib.sha256(one.write(sample_report(hostile))).hexdigest())
"""


def test_equal_reports_are_equal_bytes_in_another_process() -> None:
    use_words(Words())  # those of the other process, whatever tests before this one have set
    here = {(one.name, str(hostile), hashlib.sha256(one.write(sample_report(hostile))).hexdigest()) for hostile in (False, True) for one in FORMATS}
    assert len(here) == 2 * len(FORMATS)
    environment = {**os.environ, "PYTHONHASHSEED": "12345", "TZ": "America/Lima", "LC_ALL": "C"}
    there = subprocess.run([sys.executable, "-c", WRITER], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True)
    assert {tuple(line.split()) for line in there.stdout.splitlines()} == here
