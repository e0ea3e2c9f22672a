"""How far a run is, for whoever watches it; the command line draws it, tests ignore it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of each step and of the rows moved within it."""

    def step(self, name: str) -> None:
        """A new step begins; `name` is plain English, e.g. "fetch qlvb: document"."""

    def advance(self, rows: int, total: int | None) -> None:
        """`rows` more of `total` are done within the step (`total` is None where it is not known)."""


class Silent:
    """A Progress that nobody watches."""

    def step(self, name: str) -> None:
        """Says nothing."""

    def advance(self, rows: int, total: int | None) -> None:
        """Says nothing."""
