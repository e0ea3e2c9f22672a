"""What the dashboard takes from an installation beside its figures: titles of sources, targets and events."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl
import streamlit as st

from dashboard.ledger.entered.approved import approved, with_approved_targets
from dashboard.ledger.entered.kinds import Content
from dashboard.session.events import Event, read_events
from data.configuration import Section
from data.csv_forms.settings_csv import csv_named_in_settings
from data.errors import ConfigurationError
from data.paths import Home
from metrics.comparison.targets import home_targets, read_targets

Read = TypeVar("Read")


def source_titles(home: Home) -> dict[str, str]:
    """Title of each source by the name of its folder; a folder whose source.toml cannot be read goes by its name."""
    titles: dict[str, str] = {}
    for path in sorted(home.sources.glob("*/source.toml")):
        try:
            title = tomllib.loads(path.read_text(encoding="utf-8")).get("title")
        except (OSError, ValueError):
            continue
        if isinstance(title, str) and title:
            titles[path.parent.name] = title
    return titles


def targets_of(home: Home, configuration: Section) -> pl.DataFrame:
    """The home's targets with those that were approved in the ledger; a file is read again when it changed.

    Raises ConfigurationError where they cannot be used.
    """
    of_files = home_targets(home, configuration, lambda path: _read_again_when_changed(path, read_targets))
    return with_approved_targets(of_files, _approved(home, "target"))


def events_of(home: Home, configuration: Section) -> tuple[Event, ...]:
    """The events of the file that vanban.toml names and those approved in the ledger, oldest first.

    Raises ConfigurationError where they cannot be used.
    """
    path = csv_named_in_settings(home, configuration, "events")
    of_file = _read_again_when_changed(path, read_events) if path else ()
    entered = [
        Event(date.fromisoformat(str(one["on"])), str(one["unit_code"]) or None, str(one["title"]), str(one["title_en"]))
        for one in _approved(home, "event")
    ]
    return tuple(sorted((*of_file, *entered), key=lambda event: (event.on, event.title)))


def left_out(configuration: Section, section: str, known: Sequence[str]) -> frozenset[str]:
    """What `[section] without = [...]` of vanban.toml leaves out; raises ConfigurationError listing what is known for a name that is not."""
    asked = configuration.get(section, {}).get("without", [])
    place = f"vanban.toml, [{section}]"
    if not isinstance(asked, list) or not all(isinstance(name, str) for name in asked):
        raise ConfigurationError(f'{place}: without must be a list of names. Write without = ["{known[0]}"].')
    for name in asked:
        if name not in known:
            raise ConfigurationError(f"{place}: without names {name!r}, which there is not. Names: {', '.join(known)}.")
    return frozenset(asked)


def settings_key(home: Home, configuration: Section) -> str:
    """Tells two states of an installation's own settings apart: vanban.toml, the files beside it that it names, and what was approved."""
    section = configuration.get("dashboard", {})
    paths = [home.root / str(section[name]) for name in ("targets", "events", "account_names") if name in section]
    stamps = [(path.stat().st_mtime_ns, path.stat().st_size) for path in paths if path.is_file()]
    entered = [_approved(home, kind) for kind in ("target", "event")]
    return f"{hash(repr(configuration))} {stamps} {hash(repr(entered))}"


def _approved(home: Home, kind: str) -> list[Content]:
    """What was approved, read again after every act on the ledger, and each minute for acts on other machines."""
    try:
        stat = home.audit_heads.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
    except OSError:
        stamp = (0, 0)
    return _approved_since(str(home.root), kind, stamp, home)


@st.cache_resource(show_spinner=False, max_entries=16, ttl=60)
def _approved_since(root: str, kind: str, stamp: tuple[int, int], _home: Home) -> list[Content]:
    return approved(_home, kind)


def _read_again_when_changed(path: Path, read: Callable[[Path], Read]) -> Read:
    stat = path.stat()
    found: Read = _file(str(path), stat.st_mtime_ns, stat.st_size, read.__name__, read)
    return found


@st.cache_resource(show_spinner=False, max_entries=16)
def _file(path: str, changed_ns: int, size: int, read_name: str, _read: Callable[[Path], Read]) -> Read:
    return _read(Path(path))
