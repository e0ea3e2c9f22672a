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
