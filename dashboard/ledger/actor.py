"""Who acts on the ledger: somebody who has signed in, or a name that is only claimed where nobody signs in, and marked so."""

from __future__ import annotations

import getpass
import unicodedata
from dataclasses import dataclass

from dashboard.refusal import Refused, Word
from dashboard.typed_text import checked_text

OS_USER, TYPED = "os", "typed"
"""Issuers that are none: the user of the operating system at the command line, and a name typed into a page without a sign-in."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class Actor:
    """A person as the audit names them: issuer and subject for good, the name to be read, the role of the moment."""

    issuer: str
    subject: str
    name: str = ""
    role: str = ""

    @property
    def key(self) -> str:
        """The same for the same person: issuer and subject; of names that are only claimed the name, however it is spelt."""
        if self.issuer in (OS_USER, TYPED):
            return "claimed " + " ".join(unicodedata.normalize("NFKC", self.name or self.subject).casefold().split())
        return f"{self.issuer} {self.subject}"

    @property
    def text(self) -> str:
        """To be read, with the subject where it was proven."""
        if self.issuer in (OS_USER, TYPED):
            return self.name or self.subject
        return f"{self.name[:100]} ({self.subject})"[:LONGEST_NAME] if self.name else self.subject[:LONGEST_NAME]


def os_actor(name: str = "", role: str = "") -> Actor:
    """Whoever runs a command: the operating system's user, and the name that they give."""
    return Actor(OS_USER, getpass.getuser(), name, role)


def typed_actor(name: str, role: str) -> Actor:
    """Whoever typed their name into a page where nobody signs in. Raises ConfigurationError where it is empty or cannot be printed."""
    name = checked_text(Word("refused.the_name"), name, LONGEST_NAME)
    if not name:
        raise Refused("who_acts")
    return Actor(TYPED, name, name, role)
