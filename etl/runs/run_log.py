"""What a run did, step by step, in `var/etl.log.jsonl`: one JSON object per line for log collectors, without a word of what the sources hold."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from dataclasses import dataclass

from data.paths import Home

LARGEST = 5 << 20
"""Bytes. A full file becomes `etl.log.1.jsonl`, replacing the one before it: the log never takes more than twice this."""

Fact = str | int | float | bool | None


@dataclass(frozen=True)
class RunLog:
    """Writes the lines of one run."""

    home: Home
    run: str

    def write(self, event: str, **facts: Fact) -> None:
        """One line: at (UTC), run, event, facts. A disk that takes no more lines stops no run; the run itself will say so where it matters."""
        at = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        line = _one_line({"at": at, "run": self.run, "event": event, **facts})
        with contextlib.suppress(OSError):
            self._append(line)

    def _append(self, line: bytes) -> None:
        path = self.home.etl_log
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size + len(line) > LARGEST:
            path.replace(path.with_name("etl.log.1.jsonl"))
        with path.open("ab+") as file:
            if file.tell():  # a run that was killed while it wrote leaves half a line
                file.seek(-1, 2)
                if file.read(1) != b"\n":
                    line = b"\n" + line
            file.write(line)


def _one_line(content: dict[str, Fact]) -> bytes:
    """JSON in printable ASCII, all else escaped (control characters, DEL, line separators): no text forges a line or moves a terminal's cursor."""
    return json.dumps(content, ensure_ascii=True).encode("ascii") + b"\n"
