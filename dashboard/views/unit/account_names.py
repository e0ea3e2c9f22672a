"""What a unit calls its accounts: a file apart, which the home has to name and no snapshot holds; off by default, for the unit's own people alone."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.session.policy import Viewer
from data.configuration import read_configuration
from data.csv_forms.settings_csv import csv_named_in_settings, csv_rows
from data.errors import ConfigurationError
from data.paths import Home
from data.private_files import HAS_MODES, OTHERS

SETTING = "account_names"
COLUMNS = ("account_key", "name")
LONGEST_NAME = 100


def account_names(home: Home, viewer: Viewer) -> dict[str, str] | None:
    """Name by pseudonym (32 hexadecimal digits), as the unit's people may look it up; None to everyone else, and where the home names no file.

    Raises ConfigurationError for a file that is not there, that other users of the machine may read, or that has other columns.
    """
    if viewer.role != "unit":
        return None
    path = csv_named_in_settings(home, read_configuration(home), SETTING)
    if path is None:
        return None
    stat = path.stat()
    if HAS_MODES and stat.st_mode & OTHERS:
        raise ConfigurationError(f"{path} can be read by other users of this machine, and it tells whose accounts these are. Run: chmod 600 {path}")
    return _names(str(path), stat.st_mtime_ns, stat.st_size)


def plain_key(key: str) -> str:
    """A pseudonym as its 32 digits, however it is written."""
    return key.replace("-", "").lower()[:32]


@st.cache_resource(show_spinner=False, max_entries=4)
def _names(path: str, changed_ns: int, size: int) -> dict[str, str]:
    return {plain_key(row["account_key"]): row["name"][:LONGEST_NAME] for row, _ in csv_rows(Path(path), COLUMNS) if row["name"]}
