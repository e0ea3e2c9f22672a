"""Writes the folder of a new source: everything in its place and explained, but for what only the person who knows the source can say."""

from __future__ import annotations

import shutil
from pathlib import Path

from data.configuration import read_configuration
from data.errors import ConfigurationError
from data.paths import Home
from etl.contract import ENTITIES, ENTITY, KINDS, ORDINARY, Column, Entity
from etl.runs.durable_files import UNFINISHED
from etl.sources import KINDS as SOURCE_KINDS

TO_DO = "TODO_"
"""Begins what has to be replaced in the SQL that comes out: a name that no database has, so that a check names what is left to do."""

_TABULAR = ("database", "files")


def new_source(home: Home, name: str, kind: str, url_env: str | None = None) -> Path:
    """Writes `sources/<name>` with a commented source.toml and one <entity>.sql per entity that this kind is asked for; returns the folder.

    A database and files get every entity without which no figure can be computed, an access log access_event, edXML axis_message. `url_env` (of a
    database: required) names the environment variable with the database's URL.
    A folder with nothing in it becomes a home first. Raises ConfigurationError, writing nothing, for a wrong home, name, kind or variable, and where
    the folder is there already.
    """
    is_new = not home.root.exists() or (home.root.is_dir() and not any(home.root.iterdir()))
    if not is_new:
        read_configuration(home)
    _check(home, name, kind, url_env)
    if is_new:
        _begin(home, name, url_env)
    files = {"source.toml": _SOURCE_TOML[kind].format(name=name, url_env=url_env, entities=_entity_tables(kind))}
    if kind in _TABULAR:
        files |= {f"{entity.name}.sql": _query(entity, kind) for entity in _mandatory()}
    else:
        entity, text = _OTHER_QUERIES[kind]
        files[f"{entity}.sql"] = _heading(ENTITY[entity]) + text
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


def _begin(home: Home, name: str, url_env: str | None) -> None:
    """A home whose one source is `name`; the file for addresses with passwords is its owner's alone from the first moment."""
    home.root.mkdir(parents=True, exist_ok=True)
    home.environment.touch(mode=0o600)
    example = f"# {url_env}=postgresql+psycopg://reader:password@host/database\n" if url_env else ""
    home.environment.write_text(f"# NAME=value, one a line: what holds a password, read by vanban and by nobody else.\n{example}", encoding="utf-8")
    home.config.write_text(_VANBAN_TOML.format(name=name), encoding="utf-8")


def _mandatory() -> list[Entity]:
    return [entity for entity in ENTITIES if entity.is_mandatory]


def _entity_tables(kind: str) -> str:
    lines = []
    for entity in ENTITIES:
        heading = f"[entities.{entity.name}]"
        options = f'\nfiles = "inbox/{entity.name}*.csv" # .xlsx, .csv, .csv.gz, .jsonl, .jsonl.gz or .parquet' if kind == "files" else ""
        if entity.is_mandatory:
            lines.append(f"{heading} # {entity.meaning}{options}")
        else:
            lines.append(f"# {heading} # {entity.meaning}")
    return "\n".join(lines)


def _query(entity: Entity, kind: str) -> str:
    columns = [_column(column) for column in entity.columns]
    table = f"{TO_DO}table" if kind == "database" else "file"
    note = (
        f"-- One SELECT in the database's own dialect. Replace every {TO_DO}… by an expression of yours, and NULL where the source knows more.\n"
        if kind == "database"
        else f'-- A DuckDB SELECT over the table `file`: all columns are text, named by their titles in the file (in "double quotes"), with\n'
        f"-- file_name and row_number beside. Replace every {TO_DO}…, and NULL where the file knows more.\n"
    )
    kinds = dict.fromkeys(column.kind for column in entity.columns)
    glossary = "".join(f"--   {kind:<8} {KINDS[kind]}\n" for kind in kinds)
    selected = ",\n".join(f"    -- {meaning}\n    {expression}" for expression, meaning in columns)
    return f"{_heading(entity)}{note}-- What a column may hold:\n{glossary}SELECT\n{selected}\nFROM {table}\n"


def _heading(entity: Entity) -> str:
    key = ", ".join(entity.key)
    return f"-- {entity.name}: one row is {entity.meaning}. Rows with the same {key} count once.\n"


def _column(column: Column) -> tuple[str, str]:
    """The column as the query selects it, and what it has to be."""
    if column.name == "security_level":
        expression = f"CASE {TO_DO}security_level WHEN 'thường' THEN '{ORDINARY}' ELSE 'higher' END AS security_level"
    else:
        expression = f"{TO_DO + column.name if column.required else 'NULL'} AS {column.name}"
    words = f": {', '.join(column.choices)}" if column.choices else ""
    required = "required " if column.required else ""
    return expression, f"{column.meaning} ({required}{column.kind}{words})"


_SOURCE_TOML = {
    "database": """\
# How vanban reads the database {name}. One <entity>.sql lies beside this file for each entity named below.
# Then: vanban source check {name}
kind = "database"
title = "{name}" # as people see it
# The variable that holds the address, as in postgresql+psycopg://user:password@host:5432/name; it is set in vanban.env
# ({url_env}=...) or in the environment and never written here. Give its user only the right to read.
url_env = "{url_env}"
# For times without a zone. Times that carry their own are read as they are.
time_zone = "Asia/Ho_Chi_Minh"
is_synthetic = false # true where the data are made up: everything computed from them says so

# Take away the # of what this source also knows and write its SELECT; remove what another source delivers, with its SQL file.
{entities}
""",
    "files": """\
# How vanban reads the files of {name}. One <entity>.sql lies beside this file for each entity named below.
# Then: vanban source check {name}
kind = "files"
title = "{name}" # as people see it
# For times without a zone. Times that carry their own are read as they are.
time_zone = "Asia/Ho_Chi_Minh"
is_synthetic = false # true where the data are made up: everything computed from them says so

# files is a pattern relative to the folder with vanban.toml. Beside it, where the defaults do not fit:
#   .xlsx  sheet = "..." (else the first), header_row = 1
#   .csv   encoding = "utf-8" (or "windows-1258", "tcvn3", "vni", ...), delimiter = ",", quote = '"', header_row = 1
# Take away the # of what these files also hold and write its SELECT; remove what another source delivers, with its SQL file.
{entities}
""",
    "access_log": """\
# How vanban reads the web server's log {name}.
# Then: vanban source check {name}
kind = "access_log"
title = "{name}" # as people see it
time_zone = "Asia/Ho_Chi_Minh" # for times without a zone
is_synthetic = false # true where the data are made up: everything computed from them says so

[entities.access_event]
files = "logs/access.log*" # relative to the folder with vanban.toml; plain or .gz
# "combined", "common", "w3c" (IIS), or the server's own log_format or LogFormat in 'single quotes'.
format = "combined"
# Where the account stands: a field of the log ("$remote_user", "%u", "cs-username") or a query parameter ("?user").
account = "$remote_user"
# The first rule that fits says what a request is: login, login_failed, logout, view, process, sign, issue or ignore. path is a regular expression for
# the whole path without its query string; what a rule does not state fits every request. Requests that no rule fits are left out and counted.
rules = [
    {{ method = "POST", path = "/login", status = "200-399", kind = "login" }},
    {{ method = "POST", path = "/login", kind = "login_failed" }},
    {{ method = "GET", path = "/static/.*", kind = "ignore" }},
]
""",
    "edxml": """\
# How vanban reads the messages of the document axis {name} (edXML, QCVN 102:2016).
# Then: vanban source check {name}
kind = "edxml"
title = "{name}" # as people see it
time_zone = "Asia/Ho_Chi_Minh" # the times in the messages carry no zone
is_synthetic = false # true where the data are made up: everything computed from them says so
files = "axis/*/*.edxml" # one message each; relative to the folder with vanban.toml

[entities.axis_message]
""",
}

_OTHER_QUERIES = {
    "access_log": (
        "access_event",
        "-- `event` holds what the rules made of the log. Bring account_key to the spelling of your account table here.\n"
        "SELECT account_key, occurred_at, kind\n"
        "FROM event\n",
    ),
    "edxml": (
        "axis_message",
        "-- Tables, all text: message (one row per file), receiver (file and addressee), reference (earlier documents);\n"
        "-- docs/connecting.md lists their columns.\n"
        "SELECT\n"
        "    message.message_key,\n"
        "    message.document_id AS document_key,\n"
        "    message.kind,\n"
        "    message.business_type,\n"
        "    message.from_code,\n"
        "    receiver.to_code,\n"
        "    message.sent_at AS at,\n"
        "    message.status_code,\n"
        "    -- The standard has no marking, as secret documents may not travel on the axis. Where a vendor marks all the same,\n"
        "    -- see which marking is the ordinary one.\n"
        "    CASE WHEN message.security_marking IS NULL THEN 'ordinary' ELSE 'higher' END AS security_level\n"
        "FROM message\n"
        "LEFT JOIN receiver ON receiver.file_number = message.file_number\n",
    ),
}

_VANBAN_TOML = """# What this installation is called, and which sources it reads; docs/connecting.md explains the rest.
title = "Sơ kết · Quản lý văn bản"
organisation = "Tên cơ quan"
time_zone = "Asia/Ho_Chi_Minh"   # days are days of this zone

[etl]
sources = ["{name}"]             # folders in sources/, read in this order
"""
