"""Cells that hold no plain value: they stop a run only where its SELECT uses their column."""

from __future__ import annotations

from collections.abc import Iterable

ERRORS = frozenset(
    (
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NULL!",
        "#NUM!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#BLOCKED!",
        "#CONNECT!",
        "#UNKNOWN!",
        "#GETTING_DATA",
    )
)
"""Errors of spreadsheets as they stand in texts and CSV files; #N/A stands for nothing there (etl/staging/spellings.py)."""

_NAMED = 5


class UnusableCells:
    """What was found while the rows of files were read, by column title."""

    def __init__(self) -> None:
        self._of_column: dict[str, list[str]] = {}
        self._counts: dict[str, int] = {}

    def note(self, title: str, what: str) -> None:
        """`what` names the place and what stands there, such as "cell E2 holds #N/A"."""
        self._counts[title] = self._counts.get(title, 0) + 1
        if self._counts[title] <= _NAMED:
            self._of_column.setdefault(title, []).append(what)

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self._of_column)

    def sentence(self, columns: Iterable[str]) -> str:
        """The first cells of each of the columns, and how many more there are."""
        parts = []
        for title in columns:
            more = self._counts[title] - _NAMED
            parts.append(f"column {title}: {', '.join(self._of_column[title])}" + (f" and {more} more" if more > 0 else ""))
        return "; ".join(parts)
