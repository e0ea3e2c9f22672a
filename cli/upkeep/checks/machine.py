"""The machine and the program: Python, packages, clock, disk, characters, days of the zone, the nightly timer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bootstrap import VANBAN
from cli.upkeep.checks.findings import Check, Outcome
from data.paths import PROJECT, Home
from data.run_history import clock_behind, last_runs
from data.version import program_name

TIMERS = Path("/run/systemd/system")
"""There where systemd runs."""
OLDEST_RUN = timedelta(hours=50)


def python(home: Home) -> tuple[Outcome, str]:
    """Version and width of the Python that runs this."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < (3, 11) or sys.maxsize < 2**32:
        return "mend", f"Python {version} will not do. Install a 64-bit Python 3.11 or newer, remove .venv and call vanban again."
    return "ok", f"Python {version}"


def packages(home: Home) -> tuple[Outcome, str]:
    """Whether the environment is what the lock says."""
    program = program_name()
    if Path(sys.prefix) != VANBAN.folder:
        return "look at", f"{program}, in an environment of its own ({sys.prefix}): nobody brings its packages up to date but you."
    if not VANBAN.is_finished:
        return "mend", f"{program}; the packages are not those of requirements.lock. Call any vanban command with a network, or with PIP_FIND_LINKS."
    return "ok", f"{program}, packages as locked"


def disk(home: Home) -> tuple[Outcome, str]:
    """Room for two snapshots more, and a little."""
    largest = max((path.stat().st_size for path in home.snapshots.glob("*.duckdb")), default=0)
    free = shutil.disk_usage(home.root).free
    wanted = 2 * largest + (1 << 30)
    text = f"{free / 1e9:,.1f} GB free, {wanted / 1e9:,.1f} GB wanted (two snapshots and 1 GB)"
    return ("ok", text) if free >= wanted else ("mend", f"{text}. See what may go: vanban etl prune")


def clock(home: Home) -> tuple[Outcome, str]:
    """A clock behind the newest run would name new figures as older than the old ones."""
    now = datetime.now(UTC)
    wrong = clock_behind(home, now)
    return ("mend", wrong) if wrong else ("ok", f"{now:%Y-%m-%d %H:%M} UTC")


def characters(home: Home) -> tuple[Outcome, str]:
    """Whether Vietnamese can be written where this runs."""
    if (sys.stdout.encoding or "").lower().replace("-", "") != "utf8" and sys.getfilesystemencoding().lower() != "utf-8":
        return "look at", "This terminal does not write UTF-8. Set LANG=C.UTF-8 where vanban is called."
    fonts = list((PROJECT / "dashboard" / "reports" / "layout" / "fonts").glob("*.ttf"))
    return ("ok", f"UTF-8, {len(fonts)} typefaces") if fonts else ("mend", "The typefaces of reports are missing from the program. Install it anew.")


def timer(home: Home) -> tuple[Outcome, str]:
    """Whether something starts the nightly run."""
    if TIMERS.is_dir() and shutil.which("systemctl"):
        found = subprocess.run(["systemctl", "is-active", "vanban-etl.timer"], capture_output=True, text=True, timeout=3)
        if found.returncode == 0:
            return "ok", "vanban-etl.timer is active"
    newest = max((run.started for run in last_runs(home)), default=None)
    if newest and datetime.now(UTC) - newest < OLDEST_RUN:
        return "ok", f"No vanban-etl.timer is seen, but a run began at {newest:%Y-%m-%d %H:%M} UTC"
    return "look at", "No timer is seen and no run began within two days. docs/operations.md shows how to start one every night."


CHECKS: dict[str, Check] = {"Python": python, "packages": packages, "disk": disk, "clock": clock, "characters": characters, "timer": timer}
