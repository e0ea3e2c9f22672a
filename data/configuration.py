"""Reads a home's `vanban.toml` and `vanban.env`; each wing takes its own section from what comes back."""

from __future__ import annotations

import io
import os
import tomllib
from typing import Any

from dotenv.parser import parse_stream

from data.errors import ConfigurationError
from data.paths import Home
from data.private_files import refuse_open_to_others

Section = dict[str, Any]

LEDGER_VARIABLE = "VANBAN_LEDGER_URL"
LEDGER_FILE = "ledger.db"


def read_configuration(home: Home) -> Section:
    """The whole of `vanban.toml`, as parsed.

    Raises ConfigurationError when it is missing, half written or not UTF-8, naming the line.
    """
    try:
        text = home.config.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"There is no vanban.toml in {home.root}. Name the right folder with --home DIR (or VANBAN_HOME), or try `vanban demo` first."
        ) from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{home.config} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{home.config} is not complete TOML: {error}. Mend that line and run the command again.") from None


def environment_of(home: Home) -> dict[str, str]:
    """The process environment over the home's `vanban.env`; `{home}` in the file stands for the home's folder.

    `vanban.env` has NAME=value lines and `#` comments, in the form that systemd's EnvironmentFile reads too.
    Raises ConfigurationError for a line that cannot be read, and for a file that other users of the machine may read.
    """
    values: dict[str, str] = {}
    if home.environment.is_file():
        refuse_open_to_others(home.environment)
        for binding in parse_stream(io.StringIO(home.environment.read_text(encoding="utf-8"))):
            if binding.error or (binding.key is not None and (binding.value is None or not binding.key.isidentifier())):
                # The line itself may hold a password, so only its number is told.
                raise ConfigurationError(f"{home.environment}, line {binding.original.line}: expected NAME=value.")
            if binding.key and binding.value is not None:
                values[binding.key] = binding.value.replace("{home}", home.root.as_posix())
    return {**values, **os.environ}


def ledger_address(home: Home) -> str:
    """The database of the ledger: the one that VANBAN_LEDGER_URL names, else an SQLite file of the home."""
    given = environment_of(home).get(LEDGER_VARIABLE, "").strip()
    return given or f"sqlite:///{(home.var / 'ledger' / LEDGER_FILE).as_posix()}"
