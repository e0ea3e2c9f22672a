"""Which program this is, and of which version a home is that it writes."""

from __future__ import annotations

import json
import subprocess
import tomllib
from functools import cache

from data.errors import ConfigurationError
from data.paths import PROJECT, Home

HOME_VERSION = 1
"""Raised when an earlier program could not go on with what a run leaves in a home; snapshot and ledger have versions of their own."""

COMMIT_FILE = PROJECT / "commit.txt"
"""There where the program came without its history: `vanban bundle` and the wheel's build (`hatch_build.py`) write it."""


@cache
def program_version() -> str:
    """The version that pyproject.toml names."""
    return str(tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def program_commit() -> str:
    """Short name of the commit that the program's folder is at; empty where nothing tells it, or git is not there."""
    if not (PROJECT / ".git").exists():
        return COMMIT_FILE.read_text(encoding="utf-8").strip() if COMMIT_FILE.is_file() else ""
    try:
        # The program may be root's and its user another: git would tell that user nothing.
        named = ["git", "-c", f"safe.directory={PROJECT}", "-C", str(PROJECT), "rev-parse", "--short=12", "HEAD"]
        found = subprocess.run(named, capture_output=True, text=True)
    except OSError:
        return ""
    return found.stdout.strip()


def program_name() -> str:
    """Name, version and commit of the program, in one line that says so where nothing tells the commit."""
    return f"vanban {program_version()} {program_commit() or '(commit unknown: it came without git)'}"


def home_version(home: Home) -> tuple[int, str]:
    """Of which version a home says it is, and which program said so; (0, "") where no run has said anything yet."""
    try:
        stated = json.loads((home.var / "version.json").read_text(encoding="utf-8"))
        return int(stated["home"]), str(stated["program"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""


def refuse_newer_home(home: Home) -> None:
    """Raises ConfigurationError with the way out where a newer program has written the home."""
    version, program = home_version(home)
    if version > HOME_VERSION:
        raise ConfigurationError(
            f"A newer version of the program ({program}) has written {home.var} (home version {version}, this program writes {HOME_VERSION})."
            " Start that one, or restore the backup that was made before the upgrade: vanban restore"
        )


def state_home_version(home: Home) -> None:
    """Writes it down, where the home says anything else."""
    stated = (HOME_VERSION, program_version())
    if home_version(home) != stated:
        unfinished = home.var / "version.json.unfinished"
        unfinished.write_text(json.dumps(dict(zip(("home", "program"), stated, strict=True))) + "\n", encoding="utf-8")
        unfinished.replace(home.var / "version.json")
