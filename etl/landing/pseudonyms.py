"""Turns the keys of people into pseudonyms before anything is written.

HMAC-SHA-256 (RFC 2104) rather than a plain hash: staff numbers are few and could be guessed one by one without the secret.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from data.errors import ConfigurationError
from data.paths import Home
from etl.runs.durable_files import UNFINISHED, flush_file, flush_folder
from etl.staging.spellings import is_nobody

KEY_VARIABLE = "VANBAN_ACCOUNT_KEY"
SHORTEST_KEY = 32
"""Characters; 32 hexadecimal digits are 128 bits, the least that cannot be searched through."""

_REMEMBERED = 500_000


_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
"""Blanks without a width, which come along when a list is copied out of a page."""


@dataclass(frozen=True)
class Pseudonyms:
    """Gives every key of a person its pseudonym: 64 hexadecimal digits, the same for the same secret."""

    secret: bytes = field(repr=False)
    _known: dict[str, str | None] = field(default_factory=dict, repr=False, compare=False)

    @property
    def secret_id(self) -> str:
        """Tells two secrets apart without giving either away; kept with what was landed."""
        return hmac.new(self.secret, b"vanban: which secret", hashlib.sha256).hexdigest()[:16]

    def of(self, key: str | None) -> str | None:
        """The pseudonym of one key, after trimming and Unicode NFC; None where there is no key, or a word for none such as NULL."""
        if key is None:
            return None
        try:
            return self._known[key]
        except KeyError:
            pass
        text = unicodedata.normalize("NFC", key).strip().strip(_UNSEEN).strip()
        pseudonym = hmac.new(self.secret, text.encode(), hashlib.sha256).hexdigest() if not is_nobody(text) else None
        if len(self._known) >= _REMEMBERED:  # bounded memory on a source with millions of people
            self._known.clear()
        self._known[key] = pseudonym
        return pseudonym

    def row_hash(self, row: str) -> str:
        """A fingerprint of a refused row that tells equal rows and nothing of what they hold."""
        return hmac.new(self.secret, b"row:" + row.encode(), hashlib.sha256).hexdigest()


def pseudonyms_of(home: Home, environment: Mapping[str, str]) -> Pseudonyms:
    """The home's pseudonyms: secret from VANBAN_ACCOUNT_KEY, else from the home's key file, which the first run makes.

    Any text of at least 32 characters will do as a secret. Raises ConfigurationError for a short one and for a key file that others may read.
    """
    given = environment.get(KEY_VARIABLE, "").strip()
    if given:
        if len(given) < SHORTEST_KEY:
            raise ConfigurationError(
                f"{KEY_VARIABLE} has {len(given)} characters, too few to protect people's accounts. "
                f"Give it at least {SHORTEST_KEY} random ones, or leave it out and a key file is made."
            )
        return Pseudonyms(given.encode())
    if not home.account_key_file.exists():
        _make_key_file(home)
    return Pseudonyms(_read_key_file(home))


def passing_pseudonyms() -> Pseudonyms:
    """Pseudonyms under a secret that is forgotten at once, for looking at a source without writing anything."""
    return Pseudonyms(secrets.token_bytes(32))


def _make_key_file(home: Home) -> None:
    path = home.account_key_file
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}{UNFINISHED}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
    flush_file(unfinished)
    with contextlib.suppress(FileExistsError):  # another process made one in the meantime: that one counts
        path.hardlink_to(unfinished)
    unfinished.unlink()
    flush_folder(path.parent)


def _read_key_file(home: Home) -> bytes:
    path = home.account_key_file
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise ConfigurationError(f"{path} can be read by other users of this machine. Run `chmod 600` on it.")
    text = path.read_text(encoding="utf-8", errors="replace").strip()
    if len(text) < SHORTEST_KEY:
        raise ConfigurationError(f"{path} does not hold a whole key. Restore it from your backup: without it every account gets a new pseudonym.")
    return text.encode()
