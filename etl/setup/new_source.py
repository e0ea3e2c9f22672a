"""Writes the folder of a new source: everything in its place and explained, but for what only the person who knows the source can say.

The templates of a kind lie in `etl/sources/<kind>/new_source`: `source.toml` and one file per entity, or `entity.sql` for every entity
that no figure can be computed without. Names that begin with TODO_ are to be replaced: no database has them, so a check names what is left.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import jinja2

from data.configuration import read_configuration
from data.errors import ConfigurationError
from data.paths import PROJECT, Home
from etl.contract import ENTITIES, ENTITY, KINDS, ORDINARY
from etl.runs.durable_files import UNFINISHED
from etl.sources import KINDS as SOURCE_KINDS
from etl.sources.files import formats

TEMPLATES = Path(__file__).parent / "templates"


def new_source(home: Home, name: str, kind: str, url_env: str | None = None) -> Path:
    """Writes `sources/<name>` with a commented source.toml and one <entity>.sql per entity that this kind is asked for; returns the folder.

    A database and files get every entity without which no figure can be computed, an access log access_event, edXML axis_message. `url_env` (of a
    database: required) names the environment variable with the database's URL.
    A folder with nothing in it becomes a home first. Raises ConfigurationError, writing nothing, for a wrong home, name, kind or variable, and where
    the folder is there already.
    """
    is_new = not home.root.exists() or (home.root.is_dir() and not any(home.root.iterdir()))
    if not is_new and not home.config.exists():
        raise ConfigurationError(
            f"{home.root} is not empty and has no vanban.toml, so that it is no home and none is begun in it. "
            "Name an empty folder, or one that is not there yet, with --home."
        )
    if not is_new:
        read_configuration(home)
    _check(home, name, kind, url_env)
    files = _files(name, kind, url_env)
    if is_new:
        _begin_home(home, name, url_env)
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


def _files(name: str, kind: str, url_env: str | None) -> dict[str, str]:
    """Name and text of each file of the folder."""
    folder = PROJECT / "etl" / "sources" / kind / "new_source"
    files = {"source.toml": _filled(folder / "source.toml", name=name, url_env=url_env, entities=ENTITIES, formats=formats)}
    for template in sorted(folder.glob("*.sql")):
        entities = [entity for entity in ENTITIES if entity.is_mandatory] if template.stem == "entity" else [ENTITY[template.stem]]
        files |= {f"{entity.name}.sql": _filled(template, entity=entity) for entity in entities}
    return files


def _begin_home(home: Home, name: str, url_env: str | None) -> None:
    """A home whose one source is `name`; the file for addresses with passwords is its owner's alone from the first moment."""
    home.root.mkdir(parents=True, exist_ok=True)
    home.environment.touch(mode=0o600)
    home.environment.write_text(_filled(TEMPLATES / "vanban.env", url_env=url_env), encoding="utf-8")
    home.config.write_text(_filled(TEMPLATES / "vanban.toml", name=name), encoding="utf-8")


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
