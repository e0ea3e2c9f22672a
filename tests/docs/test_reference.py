"""The API reference says what the code says."""

from __future__ import annotations

import ast
from pathlib import Path

from docs import make_reference

PROJECT = Path(__file__).resolve().parent.parent.parent


def test_the_committed_reference_is_current() -> None:
    wanted = make_reference.reference()
    present = {path.name: path.read_text(encoding="utf-8") for path in (PROJECT / "docs" / "reference").glob("*.md")}
    stale = sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))
    assert not stale, "run `./vanban dev docs` and commit docs/reference"


def test_public_members_are_told_and_private_ones_are_not() -> None:
    code = '''
class Place(Base):
    """Where it is."""

    code: str
    """Of the unit."""
    _hidden: int

    def above(self) -> "Place":
        """The place above."""

    def _inner(self) -> None: ...
'''
    (node,) = ast.parse(code).body
    assert isinstance(node, ast.ClassDef)
    assert list(make_reference.member_text(node, "###")) == [
        "### `class Place(Base)`",
        "Where it is.",
        "- `code: str`: Of the unit.",
        "#### `above(self) -> 'Place'`",
        "The place above.",
    ]
