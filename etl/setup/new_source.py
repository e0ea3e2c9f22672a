"""Writes the folder of a new source: everything in its place and explained, but for what only the person who knows the source can say.

The templates of a kind lie in `etl/sources/<kind>/new_source`: `source.toml` and one file per entity, or `entity.sql` for every entity
that no figure can be computed without. Names that begin with TODO_ are to be replaced: no database has them, so a check names what is left.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import jinja2

from data.configuration import read_configuration
from data.errors import ConfigurationError
from data.organisation import GROUPS, LEVELS
from data.paths import PROJECT, REFERENCE, Home
from etl.contract import ENTITIES, ENTITY, KINDS, ORDINARY
from etl.runs.durable_files import UNFINISHED
from etl.sources import KINDS as SOURCE_KINDS
from etl.sources.files import formats

TEMPLATES = Path(__file__).parent / "templates"


class Organisation(NamedTuple):
    """What a home of one kind of organisation begins with, beside `templates/organisation/<kind>`."""

    label: str
    called: str
    """Stands for its name until that is written."""
    is_state_body: bool
    reference: tuple[str, ...] = ()
    """Files of data/reference that it takes."""


ORGANISATIONS = {
    "company": Organisation("a company", "Tên công ty", is_state_body=False),
    "procuracy": Organisation("the People's Procuracy", "Viện kiểm sát nhân dân", is_state_body=True, reference=(LEVELS, GROUPS)),
    "city": Organisation("a city or province", "Tên thành phố", is_state_body=True),
    "state-body": Organisation("another state body of Viet Nam", "Tên cơ quan", is_state_body=True),
    "other": Organisation("anything else", "Tên tổ chức", is_state_body=False),
}
"""Kinds of organisation by name."""


def begins_home(home: Home) -> bool:
    """Whether nothing is there yet, so that a new source begins the home."""
    return not home.root.exists() or (home.root.is_dir() and not any(home.root.iterdir()))


def new_source(home: Home, name: str, kind: str, url_env: str | None = None, organisation: str | None = None) -> Path:
    """Writes `sources/<name>` with a commented source.toml and one <entity>.sql per entity that this kind is asked for; returns the folder.

    A database and files get every entity without which no figure can be computed, an access log access_event, edXML axis_message. `url_env` (of a
    database: required) names the environment variable with the database's URL.
    A folder with nothing in it becomes a home first, of an `organisation` of ORGANISATIONS (None: other). Raises ConfigurationError, writing nothing,
    for a wrong home, name, kind, variable or organisation, and where the folder is there already.
    """
    is_new = begins_home(home)
    if not is_new and not home.config.exists():
        raise ConfigurationError(
            f"{home.root} is not empty and has no vanban.toml, so that it is no home and none is begun in it. "
            "Name an empty folder, or one that is not there yet, with --home."
        )
    if not is_new:
        read_configuration(home)
    _check(home, name, kind, url_env)
    _check_organisation(home, organisation, is_new)
    files = _files(name, kind, url_env)
    if is_new:
        _begin_home(home, name, url_env, organisation or "other")
    folder = home.sources / name
    unfinished = folder.with_name(f".{name}{UNFINISHED}")  # so that what is there is whole
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for file, text in files.items():
        (unfinished / file).write_text(text, encoding="utf-8")
    try:
        unfinished.rename(folder)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ConfigurationError(f"{folder} could not be made: it was made by something else in the meantime. Choose another name.") from None
    return folder


def _check(home: Home, name: str, kind: str, url_env: str | None) -> None:
    if not name.isascii() or not name.replace("_", "a").replace("-", "a").isalnum():
        raise ConfigurationError(f"A source's name has letters a-z, digits, _ and - only, unlike {name!r}. Choose another.")
    if kind not in SOURCE_KINDS:
        raise ConfigurationError(f"There is no kind {kind!r} of source. Choose one of: {', '.join(SOURCE_KINDS)}.")
    if kind == "database" and not (url_env and url_env.isascii() and url_env.isidentifier()):
        raise ConfigurationError(
            "A database needs the name of the environment variable that holds its URL, such as --url-env QLVB_URL. "
            "The URL itself goes into vanban.env."
        )
    if kind != "database" and url_env:
        raise ConfigurationError(f"Only a database has a URL. Leave --url-env out for a source of kind {kind}.")
    if (home.sources / name).exists():
        raise ConfigurationError(f"{home.sources / name} is there already, and nothing was written. Choose another name.")


def _check_organisation(home: Home, organisation: str | None, is_new: bool) -> None:
    if organisation is None:
        return
    if organisation not in ORGANISATIONS:
        raise ConfigurationError(f"There is no kind {organisation!r} of organisation. Choose one of: {', '.join(ORGANISATIONS)}.")
    if not is_new:
        raise ConfigurationError(
            f"{home.root} is a home already: what its organisation calls things stands in its vanban.toml and {LEVELS} (docs/connecting.md). "
            "Leave --organisation out."
        )


def _files(name: str, kind: str, url_env: str | None) -> dict[str, str]:
    """Name and text of each file of the folder."""
    folder = PROJECT / "etl" / "sources" / kind / "new_source"
    files = {"source.toml": _filled(folder / "source.toml", name=name, url_env=url_env, entities=ENTITIES, formats=formats)}
    for template in sorted(folder.glob("*.sql")):
        entities = [entity for entity in ENTITIES if entity.is_mandatory] if template.stem == "entity" else [ENTITY[template.stem]]
        files |= {f"{entity.name}.sql": _filled(template, entity=entity) for entity in entities}
    return files


def _begin_home(home: Home, name: str, url_env: str | None, organisation: str) -> None:
    """A home whose one source is `name`; the file for addresses with passwords is its owner's alone from the first moment."""
    begun = ORGANISATIONS[organisation]
    tables = [REFERENCE / file for file in begun.reference] + sorted((TEMPLATES / "organisation" / organisation).glob("*.csv"))
    home.root.mkdir(parents=True, exist_ok=True)
    home.environment.touch(mode=0o600)
    home.environment.write_text(_filled(TEMPLATES / "vanban.env", url_env=url_env), encoding="utf-8")
    for table in tables:
        shutil.copy(table, home.root / table.name)
    state_body = str(begun.is_state_body).lower()
    text = _filled(TEMPLATES / "vanban.toml", name=name, organisation=organisation, called=begun.called, state_body=state_body)
    home.config.write_text(text, encoding="utf-8")


def _filled(template: Path, **values: object) -> str:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader((template.parent, TEMPLATES)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals |= {"kinds": KINDS, "ordinary": ORDINARY}
    return environment.get_template(template.name).render(values)
