"""The guide's timers: systemd itself reads when they are due. One that it cannot read never goes off, and nobody is told."""

from __future__ import annotations

import re
import subprocess

from data.paths import PROJECT
from tests.programs import program


def test_systemd_understands_when_each_timer_is_due() -> None:
    analyze = program("systemd-analyze", package="systemd", without="no timer of the guide was read")
    pages = (path.read_text(encoding="utf-8") for path in (PROJECT / "docs").rglob("*.md"))
    due = [time for page in pages for time in re.findall(r"^OnCalendar=(.+)$", page, flags=re.MULTILINE)]
    assert len(due) >= 4
    read = subprocess.run([analyze, "calendar", *due], capture_output=True, text=True)
    assert read.returncode == 0, read.stderr
