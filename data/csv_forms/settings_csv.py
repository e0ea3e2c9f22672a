"""Small CSV files beside vanban.toml (targets, events, explanations): all found and read in this one way."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from data.configuration import Section
from data.errors import ConfigurationError
from data.paths import Home


def csv_named_in_settings(home: Home, configuration: Section, name: str) -> Path | None:
    """The file that `name` in [dashboard] of vanban.toml names, beside that file; None where it names none.

    Raises ConfigurationError where there is no such file.
    """
    given = configuration.get("dashboard", {}).get(name)
    if given is None:
        return None
    if not isinstance(given, str) or not (path := home.root / given).is_file():
        raise ConfigurationError(f"vanban.toml: {name} in [dashboard] names no file ({given}). Write the path of a CSV file beside vanban.toml.")
    return path


def csv_rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[tuple[dict[str, str], str]]:
    """Each row of a CSV (UTF-8, comma) with just these columns, stripped, and where it stands ("targets.csv, line 3").

    Of the `optional` ones, which come last, any may be left out: they are empty then.

    Raises ConfigurationError for other columns and for what is no UTF-8 text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            given = tuple(reader.fieldnames or ())
            if given != (*columns, *(name for name in optional if name in given)):
                may = f", and may then name {','.join(optional)}" if optional else ""
                raise ConfigurationError(f"{path}: the first line must name the columns {','.join(columns)}{may}.")
            for row in reader:
                yield {name: (row.get(name) or "").strip() for name in (*columns, *optional)}, f"{path}, line {reader.line_num}"
    except FileNotFoundError:
        raise ConfigurationError(f"There is no file {path}. Name the CSV file that is to be read.") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{path} cannot be read as UTF-8 text ({error}). Save it as CSV in UTF-8.") from None
