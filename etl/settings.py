"""`vanban.toml` and the environment as one frozen object that a run goes by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.configuration import environment_of, read_configuration
from data.errors import ConfigurationError
from data.organisation import Organisation, assumed_words, read_organisation, words_of
from data.paths import Home
from data.version import refuse_newer_home
from etl.sources.folder import check_keys, check_time_zone, load_source
from etl.sources.source import Source

TOP_KEYS: dict[str, type] = {
    "title": str,
    "organisation": str,
    "time_zone": str,
    "state_body": bool,
    "words": dict,
    "etl": dict,
    "dashboard": dict,
    "report": dict,
    "sign_in": dict,
    "alarm": dict,
}
ETL_KEYS: dict[str, type] = {"sources": list, "keep_snapshots": int, "keep_landing": int, "memory": str}
MEMORY_BY_DEFAULT = "768MiB"
"""Of itself DuckDB would take four fifths of the machine, which has other work to do at night too."""
KEPT_BY_DEFAULT = {"keep_snapshots": 30, "keep_landing": 10}


@dataclass(frozen=True)
class Settings:
    """What a run needs to know."""

    home: Home
    time_zone: str
    """Of the organisation: its local days are the days that everything is counted by."""
    organisation: Organisation
    """Its levels, groups and days off."""
    assumed_words: str
    """What is taken for [words] that the home does not have, for whoever runs it; empty where it has them."""
    sources: tuple[Source, ...]
    """In the order in which they are read."""
    keep_snapshots: int
    """How many of the newest snapshots stay."""
    keep_landing: int
    """How many of the newest landed batches of each entity stay when `etl prune` is told to remove."""
    memory: str
    """What the database of a run may hold, as DuckDB writes it; the rest it puts beside the warehouse for the time being."""
    environment: Mapping[str, str] = field(repr=False)
    """Holds passwords: never print it."""

    def source(self, name: str) -> Source:
        for source in self.sources:
            if source.name == name:
                return source
        raise ConfigurationError(f"There is no source {name}. Sources in {self.home.config}: {', '.join(source.name for source in self.sources)}.")


def load_settings(home: Home) -> Settings:
    """The home's settings.

    Raises ConfigurationError naming the file, the key and what is allowed; also when no source delivers an entity that every figure needs, and
    where a newer program has written the home.
    """
    refuse_newer_home(home)
    content = read_configuration(home)
    check_keys(home.config, "", content, TOP_KEYS, required=("etl",))
    section: dict[str, Any] = content["etl"]
    check_keys(home.config, "etl", section, ETL_KEYS, required=("sources",))
    time_zone = content.get("time_zone", "Asia/Ho_Chi_Minh")
    check_time_zone(home.config, time_zone)
    words_of(content)
    keep = {key: section.get(key, default) for key, default in KEPT_BY_DEFAULT.items()}
    for key, number in keep.items():
        if number < 1:
            raise ConfigurationError(f"{home.config}, [etl]: {key} must be at least 1.")
    memory = section.get("memory", MEMORY_BY_DEFAULT)
    if not re.fullmatch(r"([1-9][0-9]{3,}|[3-9][0-9]{2}|2[6-9][0-9]|25[6-9])MiB|[1-9][0-9]*GiB", memory):
        raise ConfigurationError(
            f"{home.config}, [etl]: memory is {memory!r}. Write what the database of a run may hold, 256MiB at least, "
            f'such as "{MEMORY_BY_DEFAULT}" or "4GiB".'
        )
    names = section["sources"]
    if not names or not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        raise ConfigurationError(f'{home.config}, [etl]: sources must name folders in {home.sources}, each once. Write sources = ["..."].')
    for name in names:
        if not name.replace("_", "a").replace("-", "a").isalnum() or not name.isascii():
            raise ConfigurationError(f"{home.config}, [etl]: a source's name has letters a-z, digits, _ and - only, unlike {name!r}.")
    sources = tuple(load_source(home, name) for name in names)
    delivered = {entity for source in sources for entity in source.entities}
    for needed in (("org_unit",), ("account", "document")):
        if delivered.isdisjoint(needed):
            raise ConfigurationError(
                f"No source delivers {' or '.join(needed)}, without which no figure can be computed. "
                f"Add [entities.{needed[0]}] to a source.toml in {home.sources} and {needed[0]}.sql beside it."
            )
    organisation = read_organisation(home, time_zone)
    return Settings(
        home=home,
        time_zone=time_zone,
        organisation=organisation,
        assumed_words=assumed_words(content),
        memory=memory,
        sources=sources,
        environment=environment_of(home),
        **keep,
    )
