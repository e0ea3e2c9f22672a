"""Which files an entity's chain of batches holds, and where their rows stand in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from etl.runs.durable_files import flush_file, flush_folder
from etl.sources.known_files import Seen

ENDING = ".files"


@dataclass(frozen=True)
class Span:
    """Consecutive rows of a batch."""

    batch: str
    first: int
    """Place in the batch's file, from 0."""
    rows: int


@dataclass(frozen=True)
class HeldFile:
    """A file that was read, whether it is still there or not."""

    seen: Seen
    spans: tuple[Span, ...] = ()
    """Its rows; for a log, those of its whole lines."""
    open_spans: tuple[Span, ...] = ()
    """The row of a log's last line that had no line feed yet."""

    @property
    def all_spans(self) -> tuple[Span, ...]:
        return (*self.spans, *self.open_spans)


@dataclass(frozen=True)
class FileRegister:
    """All files of an entity that were read."""

    pattern: str = ""
    """What they were found by."""
    files: tuple[HeldFile, ...] = ()

    def with_batch_renamed(self, name: str, other: str) -> FileRegister:
        def renamed(spans: tuple[Span, ...]) -> tuple[Span, ...]:
            return tuple(replace(span, batch=other) if span.batch == name else span for span in spans)

        return replace(self, files=tuple(HeldFile(held.seen, renamed(held.spans), renamed(held.open_spans)) for held in self.files))

    def write(self, folder: Path) -> str:
        """Writes it beside the batches, durably and under a name made of its content; returns the name."""
        files = [[*astuple(held.seen), [astuple(span) for span in held.spans], [astuple(span) for span in held.open_spans]] for held in self.files]
        content = json.dumps({"pattern": self.pattern, "files": files}, separators=(",", ":")).encode()
        path = folder / f"{hashlib.sha256(content).hexdigest()[:32]}{ENDING}"
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
            flush_file(path)
            flush_folder(folder)
        return path.name


def read_register(path: Path) -> FileRegister | None:
    """None where it is gone or is not what was written."""
    try:
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest()[:32] != path.stem:
            return None
        fields = json.loads(content)
        return FileRegister(fields["pattern"], tuple(HeldFile(Seen(*seen), _spans(closed), _spans(last)) for *seen, closed, last in fields["files"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _spans(fields: Sequence[Sequence[object]]) -> tuple[Span, ...]:
    return tuple(Span(*span) for span in fields)  # type: ignore[arg-type]  # as `write` wrote them
