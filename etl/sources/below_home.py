"""Files that a source's pattern names, relative to the home."""

from __future__ import annotations

from pathlib import Path

from data.errors import ConfigurationError, SourceUnreachable
from etl.sources.source import Source


def files_below_home(source: Source, section: str, pattern: str) -> list[Path]:
    """In the order of their names; `section` is the TOML table that holds the pattern, "" for the top.

    Raises ConfigurationError for a pattern that leaves the home, SourceUnreachable when nothing matches.
    """
    root = source.home.root
    if not pattern or Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        where = f"{source.folder / 'source.toml'}, [{section}]" if section else str(source.folder / "source.toml")
        raise ConfigurationError(f"{where}: files must be a pattern below {root}.")
    paths = sorted(path for path in root.glob(pattern) if path.is_file())
    if not paths:
        raise SourceUnreachable(f"source {source.name}: no file matches {pattern} in {root}. Put the files there or correct the pattern.")
    return paths


def read_mode(source: Source, entity: str, is_usual: bool) -> bool:
    """Whether `source.toml` has new files alone read; `is_usual` where it does not say. Raises ConfigurationError for a word that is neither."""
    mode = source.entity_options[entity].get("mode")
    if mode not in (None, "full", "incremental"):
        raise ConfigurationError(f'{source.folder / "source.toml"}, [entities.{entity}]: mode is {mode!r}. Write "full" or "incremental".')
    return is_usual if mode is None else mode == "incremental"
