"""What numbers cannot say and a department writes itself: basis, guidance, training, causes, tasks, requests, closing.

`noi-dung.toml` lies beside vanban.toml: texts by name below `[chung]` (every report), the name of a kind of report, or that name and the days
of one report, `["so-ket 2024-07-01/2024-07-31"]`; what stands nearest to the report counts. The page and `--edits` put others in their place as
`own.<name>`.
What counted is pinned with the report.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dashboard.reports.content.kinds import KINDS
from dashboard.typed_text import checked_text
from data.errors import ConfigurationError
from metrics.catalog import METRICS
from metrics.periods import Period

FILE = "noi-dung.toml"
EVERY_KIND = "chung"
PREFIX = "own."
LONGEST_PASSAGE = 5000
PASSAGES: dict[str, str] = {
    "basis": "Căn cứ",
    "guidance": "Chỉ đạo, tổ chức thực hiện",
    "training": "Tập huấn",
    "certificates": "Chứng thư số",
    "infrastructure": "Hạ tầng kỹ thuật",
    "support": "Hỗ trợ người dùng",
    "strengths": "Ưu điểm",
    "causes_objective": "Nguyên nhân khách quan",
    "causes_subjective": "Nguyên nhân chủ quan",
    "directions": "Phương hướng",
    "tasks": "Nhiệm vụ (mỗi dòng: nhiệm vụ | đơn vị thực hiện | thời hạn | chỉ số)",
    "requests": "Kiến nghị, đề xuất với cấp trên",
    "closing": "Câu kết",
}
"""Each is one text, a paragraph a line."""
Passages = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Task:
    """One task of the home's own: a line `task | who | due | metric`, of which the last three may be left out."""

    text: str
    owner: str = ""
    due_on: date | None = None
    metric: str = ""
    """The metric whose task of the report is given this owner and this day; empty: a task of its own."""


def read_passages(root: Path) -> dict[str, dict[str, str]]:
    """The file's texts by section and name; none where there is no file. Raises ConfigurationError naming the section and the key."""
    path = root / FILE
    if not path.is_file():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f'{FILE} cannot be read as TOML ({error}). Write sections like [so-ket] with lines like basis = "…".') from None
    kinds = [EVERY_KIND, *(kind.name for kind in KINDS)]
    for section, texts in content.items():
        if section.partition(" ")[0] not in kinds or not isinstance(texts, dict):
            raise ConfigurationError(f"{FILE}: there is no report {section!r}. Sections: {', '.join(kinds)}, each also with the days of one report.")
    return {section: {name: _checked(section, name, text) for name, text in texts.items()} for section, texts in content.items()}


def passages_of(texts: Mapping[str, Mapping[str, str]], kind: str, period: Period) -> Passages:
    """Those that count for one report, in the order of PASSAGES."""
    sections = (EVERY_KIND, kind, f"{kind} {period.from_on.isoformat()}/{period.to_on.isoformat()}")
    found = {name: text for section in sections for name, text in texts.get(section, {}).items()}
    return tuple((name, found[name]) for name in PASSAGES if found.get(name))


def with_edited_passages(passages: Passages, edits: Mapping[str, str]) -> dict[str, str]:
    """The passages with those that were written on the page or in the file of edits in their place; an empty one takes a passage out.

    Raises ConfigurationError for a passage that there is not, and text that cannot be printed.
    """
    found = dict(passages)
    for key, text in edits.items():
        if key.startswith(PREFIX):
            found[key.removeprefix(PREFIX)] = _checked("edits", key.removeprefix(PREFIX), text)
    return {name: text for name, text in found.items() if text}


def tasks_of(text: str) -> list[Task]:
    """The tasks of the lines. Raises ConfigurationError naming the line."""
    return [_task(line) for line in text.splitlines() if line.strip()]


def _task(line: str) -> Task:
    text, owner, due, metric, *more = [*(part.strip() for part in line.split("|")), "", "", ""]
    known = {one.name for one in METRICS}
    if not text or any(more) or (metric and metric not in known):
        raise ConfigurationError(f"tasks, {line[:60]!r}: write task | who | day | metric, the metric by its name (vanban metrics) or left out.")
    try:
        due_on = date.fromisoformat(due) if "-" in due else date(*map(int, reversed(due.split("/")))) if due else None
    except (ValueError, TypeError):
        raise ConfigurationError(f"tasks, {line[:60]!r}: {due!r} is no day. Write it like 30/9/2024.") from None
    return Task(text, owner, due_on, metric)


def _checked(section: str, name: str, value: object) -> str:
    if name not in PASSAGES:
        raise ConfigurationError(f"{FILE}, [{section}]: there is no text {name}. Texts: {', '.join(PASSAGES)}.")
    given = value if isinstance(value, list) else [value]
    lines = [line for line in given if isinstance(line, str)]
    if len(lines) < len(given):
        raise ConfigurationError(f'{FILE}, [{section}]: {name} must be text, or a list of texts, a paragraph each. Write {name} = "…".')
    text = checked_text(f"{FILE}, [{section}]: {name}", "\n".join(lines), LONGEST_PASSAGE, is_one_line=False)
    if name == "tasks":
        tasks_of(text)
    return text
