"""What a run did, step by step, in `var/etl.log.jsonl`: one JSON object per line for log collectors, without a word of what the sources hold."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import dataclass

from data.json_lines import append_line, json_line
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
        line = json_line({"at": at, "run": self.run, "event": event, **facts})
        path = self.home.etl_log
        with contextlib.suppress(OSError):
            if path.exists() and path.stat().st_size + len(line) > LARGEST:
                path.replace(path.with_name("etl.log.1.jsonl"))
            append_line(path, line)
