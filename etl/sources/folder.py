"""Reads a source folder, strictly: what is misspelt or missing is said before anything is fetched."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.errors import ConfigurationError
from data.paths import Home
from etl.contract import ENTITIES
from etl.sources import KINDS
from etl.sources.source import Source
from etl.staging.casts import DAY_FIRST, MONTH_FIRST

PEOPLE_WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "account": {"membership": ("one", "each"), "vanished": ("drop", "keep")},
    "account_assignment": {"membership": ("one", "each")},
}
"""Keys of `[entities.<name>]` in every kind of source, with what may be written there; the first is what holds where nothing is."""

COMMON_KEYS: dict[str, type] = {"kind": str, "title": str, "time_zone": str, "is_synthetic": bool, "date_order": str, "entities": dict}


def load_source(home: Home, name: str) -> Source:
    """The source in `sources/<name>` of the home.

    Raises ConfigurationError naming the file, the key and what is allowed.
    """
    folder = home.sources / name
    file = folder / "source.toml"
    content = _read(file, home)
    kind_name = content.get("kind")
    kind = KINDS.get(kind_name) if isinstance(kind_name, str) else None
    if kind is None:
        raise ConfigurationError(f'{file}: kind is {kind_name!r}. Write kind = "…" with one of: {", ".join(KINDS)}.')
    check_keys(file, "", content, COMMON_KEYS | dict(kind.SOURCE_KEYS), required=("title", "entities", *kind.SOURCE_KEYS))
    time_zone = content.get("time_zone", "Asia/Ho_Chi_Minh")
    check_time_zone(file, time_zone)
    _check_date_order(file, "", content)
    entities = _entities(file, folder, kind, content["entities"])
    source = kind(
        name=name,
        kind=content["kind"],
        title=content["title"],
        time_zone=time_zone,
        is_synthetic=content.get("is_synthetic", False),
        folder=folder,
        home=home,
        entities=tuple(entities),
        options={key: content[key] for key in kind.SOURCE_KEYS},
        entity_options=entities,
        stated_date_order=content.get("date_order", ""),
    )
    for entity in entities:  # so that a mistake in them is reported now
        source.reads_new_files_alone(entity, default=True)
        source.cursor(entity)
    return source


def check_keys(file: Path, section: str, content: Mapping[str, Any], allowed: Mapping[str, type], required: tuple[str, ...] = ()) -> None:
    """Raises ConfigurationError for a key that is unknown, missing or of the wrong type; `section` is the TOML table's name, "" for the top."""
    where = f"{file}, [{section}]" if section else str(file)
    for key, value in content.items():
        if key not in allowed:
            raise ConfigurationError(f"{where}: unknown key {key}. Allowed are: {', '.join(allowed)}.")
        if type(value) is not allowed[key]:
            raise ConfigurationError(f"{where}: {key} must be {TYPE_NAMES[allowed[key]]}, not {TYPE_NAMES.get(type(value), type(value).__name__)}.")
    for key in required:
        if key not in content:
            raise ConfigurationError(f"{where}: {key} is missing. Add it ({TYPE_NAMES[allowed[key]]}).")


TYPE_NAMES: dict[type, str] = {
    str: 'text in "quotes"',
    bool: "true or false",
    int: "a whole number",
    dict: "a table",
    list: "a list in [brackets]",
}


def check_time_zone(file: Path, name: str) -> None:
    """Raises ConfigurationError for a time zone that the IANA database does not know."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ConfigurationError(f'{file}: there is no time zone {name!r}. Write an IANA name such as "Asia/Ho_Chi_Minh" or "UTC".') from None


def _check_date_order(file: Path, section: str, content: Mapping[str, Any]) -> None:
    order = content.get("date_order", DAY_FIRST)
    if order not in (DAY_FIRST, MONTH_FIRST):
        where = f"{file}, [{section}]" if section else f"{file}"
        raise ConfigurationError(f'{where}: date_order is {order!r}. Write "{DAY_FIRST}" or "{MONTH_FIRST}".')


def _read(file: Path, home: Home) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        known = sorted(path.parent.name for path in home.sources.glob("*/source.toml"))
        raise ConfigurationError(f"There is no {file}. Sources of this home: {', '.join(known) or 'none'}.") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file} is not complete TOML: {error}. Mend that line and run the command again.") from None


def _entities(file: Path, folder: Path, kind: type[Source], tables: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The entities' options in the contract's order."""
    names = [entity.name for entity in ENTITIES]
    for name, options in tables.items():
        if name not in names:
            raise ConfigurationError(f"{file}: unknown entity {name}. The contract knows: {', '.join(names)}.")
        if not isinstance(options, dict):
            raise ConfigurationError(f"{file}: entities.{name} must be a table. Write [entities.{name}].")
        words = PEOPLE_WORDS.get(name, {})
        share = options.get("max_rejected", 0.0)
        if type(share) not in (int, float) or not 0 <= share <= 1:
            raise ConfigurationError(f"{file}, [entities.{name}]: max_rejected is {share!r}. Write a share of the rows from 0 to 1, such as 0.05.")
        switches = {"last_login_only": bool} if name == "access_event" else {}
        check_keys(
            file,
            f"entities.{name}",
            options,
            {**kind.ENTITY_KEYS, **dict.fromkeys(words, str), **switches, "date_order": str, "max_rejected": type(share)},
        )
        _check_date_order(file, f"entities.{name}", options)
        for key, allowed in words.items():
            if options.get(key, allowed[0]) not in allowed:
                raise ConfigurationError(f"{file}, [entities.{name}]: {key} is {options[key]!r}. Write one of: {', '.join(allowed)}.")
        if not any(folder.glob(f"{name}.sql")) and not any(folder.glob(f"{name}.*.sql")):
            raise ConfigurationError(f"{file} names the entity {name}, but there is no {name}.sql beside it. Write that SELECT or remove the entity.")
    for path in sorted(folder.glob("*.sql")):
        entity = path.name.partition(".")[0]
        if entity not in tables:
            raise ConfigurationError(f"{path} belongs to no entity of {file.name}. Add [entities.{entity}] there, or remove the file.")
    if not tables:
        raise ConfigurationError(f"{file} names no entity. Add a table such as [entities.document].")
    return {name: tables[name] for name in names if name in tables}
