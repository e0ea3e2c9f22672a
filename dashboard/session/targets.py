"""The targets that the installation's configuration names, read anew when the file changes."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import streamlit as st

from data.configuration import Section
from data.errors import ConfigurationError
from data.paths import Home
from metrics.comparison.targets import SCHEMA, read_targets


def targets_of(home: Home, configuration: Section) -> pl.DataFrame:
    """The rows of the CSV that `targets` in [dashboard] of vanban.toml names (beside that file), none where it names none.

    Raises ConfigurationError where the file is not there or cannot be used.
    """
    name = configuration.get("dashboard", {}).get("targets")
    if name is None:
        return pl.DataFrame(schema=SCHEMA)
    if not isinstance(name, str) or not (path := home.root / name).is_file():
        raise ConfigurationError(f"vanban.toml: targets in [dashboard] names no file ({name}). Write the path of a CSV file beside vanban.toml.")
    stat = path.stat()
    return _read(str(path), stat.st_mtime_ns, stat.st_size)


@st.cache_data(show_spinner=False, max_entries=8)
def _read(path: str, changed_ns: int, size: int) -> pl.DataFrame:
    return read_targets(Path(path))
