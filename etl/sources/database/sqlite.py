"""What SQLite alone needs: names that stay names."""

from __future__ import annotations

import re

_PIECES = re.compile(
    r"""
    '(?:[^']|'')*'          # text
    | --[^\n]*              # comments
    | /\*.*?(?:\*/|\Z)
    | \[[^\]]*\]            # names in the two other spellings
    | `(?:[^`]|``)*`
    | "(?P<name>(?:[^"]|"")*)"
    """,
    re.VERBOSE | re.DOTALL,
)


def with_strict_names(statement: str) -> str:
    """The statement with its "quoted names" between backticks.

    SQLite reads "so_van_ban" as a piece of text where no such column exists (https://sqlite.org/quirks.html#dblquote): a column that a vendor drops
    would come out as its own name in every row, without an error. Between backticks a name is never text.
    """

    def spelt(piece: re.Match[str]) -> str:
        if piece["name"] is None:
            return piece[0]
        return "`" + piece["name"].replace('""', '"').replace("`", "``") + "`"

    return _PIECES.sub(spelt, statement)
