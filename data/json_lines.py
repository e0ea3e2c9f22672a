"""Files of one JSON object per line that are only added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def json_line(content: Mapping[str, Any]) -> bytes:
    """JSON in printable ASCII, all else escaped (control characters, DEL, line separators): no text forges a line or moves a terminal's cursor."""
    return json.dumps(content, ensure_ascii=True).encode("ascii") + b"\n"


def append_line(path: Path, line: bytes) -> None:
    """Adds a line, after the end of one that a killed process left half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, 2)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
